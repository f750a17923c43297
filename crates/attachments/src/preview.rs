//! Small pictures of pictures, drawn anew.
//!
//! A picture is decoded within bounds, turned the way its camera was held, made small, and written as a JPEG of our own:
//! nothing of the file itself gets into it, neither where it was taken nor what else a picture can carry. One at a time is
//! drawn, so that many at once cost no more memory than one. What cannot be drawn has no preview, and stays what it is.

use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crypto::Zeroizing;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::Kind;

/// The longest side of a preview.
const SIDE: u32 = 480;
/// The most points of a picture: what cameras make. Its colours take four bytes each while it is drawn.
const MOST_POINTS: u64 = 24_000_000;
/// The longest side of a picture.
const LONGEST: u32 = 12_000;
/// The most memory that decoding takes.
const MEMORY: u64 = 128 * 1024 * 1024;
/// The largest file that is drawn.
const LARGEST: usize = 16 * 1024 * 1024;
/// The most bytes of pictures that wait to be drawn, of everybody together.
const WAITING: usize = 64 * 1024 * 1024;
/// How good the JPEG is, of a hundred.
const QUALITY: u8 = 80;

static ONE: Mutex<()> = Mutex::new(());
static HELD: AtomicUsize = AtomicUsize::new(0);

/// A picture that is kept in memory while it arrives, as long as there is room.
#[derive(Default)]
pub(crate) struct Waiting(Zeroizing<Vec<u8>>);

impl Waiting {
    /// Keeps what comes next; false if it is too much for one picture, or for all that wait.
    pub(crate) fn keep(&mut self, bytes: &[u8]) -> bool {
        if self.0.len() + bytes.len() > LARGEST {
            return false;
        }
        self.0.extend_from_slice(bytes);
        HELD.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len() <= WAITING
    }

    /// Draws the preview.
    pub(crate) fn draw(self, kind: Kind) -> Option<Zeroizing<Vec<u8>>> {
        draw(kind, &self.0)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        HELD.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

/// Draws a preview; nothing if there can be none.
fn draw(kind: Kind, file: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Webp => ImageFormat::WebP,
        _ => return None,
    };
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let whole = decode(format, file)?;
    let small = if whole.width().max(whole.height()) > SIDE { whole.thumbnail(SIDE, SIDE) } else { whole };
    let mut out = Zeroizing::new(Vec::new());
    JpegEncoder::new_with_quality(&mut *out, QUALITY).encode_image(&on_white(&small)).ok()?;
    Some(out)
}

/// Decodes a picture whose head says that it fits; nothing of it is decoded before.
fn decode(format: ImageFormat, file: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST), Some(LONGEST), Some(MEMORY));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_POINTS || decoder.total_bytes() > MEMORY {
        return None;
    }
    let turned = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(turned);
    Some(picture)
}

/// A JPEG has no glass: what one sees through becomes white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let from = picture.to_rgba8();
    let over = |colour: u8, alpha: u8| {
        let mixed = u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
        u8::try_from(mixed / 255).unwrap_or(u8::MAX)
    };
    let mut flat = RgbImage::new(from.width(), from.height());
    for (to, image::Rgba([r, g, b, a])) in flat.pixels_mut().zip(from.pixels()) {
        *to = Rgb([over(*r, *a), over(*g, *a), over(*b, *a)]);
    }
    flat
}

#[cfg(test)]
mod tests {
    use image::{ImageEncoder as _, RgbaImage};

    use super::*;

    fn picture(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90, 255])
        }))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = if format == ImageFormat::Jpeg { &DynamicImage::ImageRgb8(picture.to_rgb8()) } else { picture };
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Fails when: a kind is not drawn, or not made small.
    #[test]
    fn pictures_become_small() {
        for (kind, format) in
            [(Kind::Png, ImageFormat::Png), (Kind::Jpeg, ImageFormat::Jpeg), (Kind::Webp, ImageFormat::WebP)]
        {
            let drawn = draw(kind, &written(&picture(960, 480), format)).unwrap();
            let seen = image::load_from_memory_with_format(&drawn, ImageFormat::Jpeg).unwrap();
            assert_eq!((seen.width(), seen.height()), (480, 240), "{kind:?}");
        }
        assert!(draw(Kind::Pdf, b"%PDF-1.7").is_none());
    }

    /// Fails when: what a camera writes into a file gets into the preview, or the picture is not turned the way it was held.
    #[test]
    fn nothing_but_the_picture_gets_into_a_preview() {
        // Tag 0x0112 (orientation) says 6: a quarter turn to the right. Behind it stands where it was taken, as text.
        let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPS 48.2082N 16.3738E");
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut file, 90);
        encoder.set_exif_metadata(exif).unwrap();
        encoder.encode_image(&picture(600, 300).to_rgb8()).unwrap();
        let holds = |bytes: &[u8]| bytes.windows(4).any(|window| window == b"GPS ");
        assert!(holds(&file), "the search has power");
        let drawn = draw(Kind::Jpeg, &file).unwrap();
        assert!(!holds(&drawn) && !drawn.windows(4).any(|window| window == b"Exif"));
        let seen = image::load_from_memory_with_format(&drawn, ImageFormat::Jpeg).unwrap();
        assert_eq!((seen.width(), seen.height()), (240, 480));
    }

    /// Fails when: the bounds are not looked at before decoding, or a broken file is more than one without a preview.
    #[test]
    fn what_is_too_large_or_broken_has_no_preview() {
        let png = written(&picture(64, 64), ImageFormat::Png);
        assert!(draw(Kind::Png, &png).is_some());
        for cut in [0, 8, 20, png.len() / 2] {
            let _ = draw(Kind::Png, &png[..cut]);
        }
        assert!(draw(Kind::Png, &png[..20]).is_none());
        assert!(draw(Kind::Jpeg, &png).is_none(), "what it says it is counts, and it is none");
        // A head that promises a hundred thousand points each way, and one of 36 million that would fit into memory.
        for side in [100_000_u32, 6_000] {
            let mut bomb = Vec::new();
            image::codecs::png::PngEncoder::new(&mut bomb)
                .write_image(&[0; 4], 1, 1, image::ExtendedColorType::Rgba8)
                .unwrap();
            bomb[16..20].copy_from_slice(&side.to_be_bytes());
            bomb[20..24].copy_from_slice(&side.to_be_bytes());
            let sum = crc(&bomb[12..29]);
            bomb[29..33].copy_from_slice(&sum.to_be_bytes());
            assert!(draw(Kind::Png, &bomb).is_none(), "{side}");
        }
        let thin = written(&DynamicImage::ImageLuma8(image::GrayImage::new(13_000, 1)), ImageFormat::Png);
        assert!(draw(Kind::Png, &thin).is_none());
    }

    /// Fails when: pictures that arrive fill the memory, or room is not given back.
    #[test]
    fn pictures_that_arrive_take_no_more_than_their_room() {
        let piece = vec![0; LARGEST / 2];
        let mut waiting: Vec<Waiting> = Vec::new();
        let whole = || {
            let mut one = Waiting::default();
            (one.keep(&piece) && one.keep(&piece)).then_some(one)
        };
        for _ in 0..WAITING / LARGEST {
            waiting.push(whole().unwrap());
        }
        assert!(!waiting[0].keep(b"x"), "one is no larger than it may be");
        assert!(whole().is_none());
        waiting.pop();
        assert!(whole().is_some());
    }

    /// The checksum of a part of a PNG (ISO/IEC 15948 annex D).
    fn crc(bytes: &[u8]) -> u32 {
        let turn = |mut sum: u32| {
            for _ in 0..8 {
                sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            }
            sum
        };
        !bytes.iter().fold(u32::MAX, |sum, byte| turn(sum ^ u32::from(*byte)))
    }
}
