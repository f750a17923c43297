//! A sliding view of a reader.

use std::io::{self, Read};

/// Bytes asked of the reader at once.
const CHUNK: usize = 64 * 1024;

/// What is read and not yet passed.
pub(crate) struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    from: usize,
    end: bool,
}

impl<R: Read> Window<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), from: 0, end: false }
    }

    /// Returns the bytes in view.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.from..).unwrap_or_default()
    }

    /// Tells whether nothing follows the bytes in view.
    pub(crate) const fn end(&self) -> bool {
        self.end
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Moves the near edge.
    pub(crate) fn pass(&mut self, count: usize) {
        self.from = (self.from + count).min(self.buffer.len());
        if self.from == self.buffer.len() {
            self.buffer.clear();
            self.from = 0;
        }
    }

    /// Moves the far edge by up to one chunk.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        // Moving what is in view costs its length, so it waits until at least as much has been passed.
        if self.from >= CHUNK.max(self.buffer.len() - self.from) {
            self.buffer.drain(..self.from);
            self.from = 0;
        }
        let length = self.buffer.len();
        self.buffer.resize(length + CHUNK, 0);
        let got = read_some(&mut self.reader, self.buffer.get_mut(length..).unwrap_or_default());
        self.buffer.truncate(length + got.as_ref().map_or(0, |count| (*count).min(CHUNK)));
        self.end = got? == 0;
        Ok(())
    }
}

fn read_some(reader: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(into) {
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
