//! The Merkle tree over the leaves of the ledger: RFC 6962 §2.1 hashing, RFC 9162 §2.1 proofs.

mod frontier;
mod proof;

pub use frontier::Frontier;
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};

/// The SHA-256 hash of a leaf, of a node or of a whole tree.
pub type Hash = [u8; 32];

/// Returns the hash of a leaf that holds `content`.
#[must_use]
pub fn leaf_hash(content: &[u8]) -> Hash {
    leaf_hash_of(&[content])
}

/// Returns the hash of a leaf that holds the `parts` one after the other.
pub(crate) fn leaf_hash_of(parts: &[&[u8]]) -> Hash {
    let mut hasher = crypto::Hasher::new();
    hasher.update(&[0x00]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finish()
}

/// Returns the hash of the node above `left` and `right`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0x01; 65];
    for (to, from) in bytes.iter_mut().skip(1).zip(left.iter().chain(right)) {
        *to = *from;
    }
    crypto::sha256(&bytes)
}

/// Returns the root of the tree over `leaves`.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

#[cfg(test)]
pub(crate) mod vectors {
    //! The reference tree of Certificate Transparency: its eight leaves and the root of each of its sizes.

    use super::{Hash, leaf_hash};

    fn unhex(text: &str) -> Vec<u8> {
        let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
        text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    pub(crate) fn leaves() -> Vec<Hash> {
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
            .iter()
            .map(|leaf| leaf_hash(&unhex(leaf)))
            .collect()
    }

    pub(crate) fn roots() -> Vec<Hash> {
        [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        .iter()
        .map(|root| unhex(root).try_into().unwrap())
        .collect()
    }
}
