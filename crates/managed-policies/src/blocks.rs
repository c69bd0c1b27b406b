//! The packed part of a file: blocks that hold whole documents, or whole changes of documents.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::DataError;

/// The most bytes that a block may unpack to.
pub(crate) const MOST_IN_BLOCK: usize = 1 << 20;

/// The blocks of a file. Each is unpacked when it is first needed, and kept.
pub(crate) struct Blocks {
    file: Cow<'static, [u8]>,
    blocks: Box<[Block]>,
}

/// Where something lies.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// In which block.
    pub(crate) block: usize,
    /// And where, when it is unpacked.
    pub(crate) bytes: Range<usize>,
}

struct Block {
    /// Where it lies in the file.
    packed: Range<usize>,
    /// How many bytes it unpacks to.
    length: usize,
    unpacked: OnceLock<Option<Box<[u8]>>>,
}

impl Blocks {
    /// The blocks that follow each other from `start` to the end of the file. Of each, how many bytes it
    /// has packed and unpacked.
    pub(crate) fn new(
        file: Cow<'static, [u8]>,
        start: usize,
        lengths: &[(usize, usize)],
    ) -> Result<Self, DataError> {
        let mut at = start;
        let mut blocks = Vec::with_capacity(lengths.len());
        for &(packed, length) in lengths {
            let end = at.checked_add(packed).ok_or(DataError::Blocks)?;
            if length > MOST_IN_BLOCK {
                return Err(DataError::TooMuch("1 MiB in a block"));
            }
            blocks.push(Block {
                packed: at..end,
                length,
                unpacked: OnceLock::new(),
            });
            at = end;
        }
        if at != file.len() {
            return Err(DataError::Blocks);
        }
        Ok(Self {
            file,
            blocks: blocks.into(),
        })
    }

    /// What lies at a place.
    pub(crate) fn get(&self, place: &Place) -> Result<&[u8], DataError> {
        let damaged = DataError::Block(place.block);
        let block = self.blocks.get(place.block).ok_or(damaged)?;
        let unpack = || {
            let packed = self.file.get(block.packed.clone())?;
            unpack(packed, block.length)
        };
        let unpacked = block.unpacked.get_or_init(unpack).as_ref();
        unpacked
            .and_then(|bytes| bytes.get(place.bytes.clone()))
            .ok_or(damaged)
    }
}

impl fmt::Debug for Blocks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_unpacked = |block: &&Block| block.unpacked.get().is_some();
        formatter
            .debug_struct("Blocks")
            .field("blocks", &self.blocks.len())
            .field("unpacked", &self.blocks.iter().filter(is_unpacked).count())
            .finish_non_exhaustive()
    }
}

/// Unpacks what has this length unpacked, and no other.
pub(crate) fn unpack(packed: &[u8], length: usize) -> Option<Box<[u8]>> {
    let bytes = decompress_to_vec_zlib_with_limit(packed, length).ok()?;
    (bytes.len() == length).then(|| bytes.into())
}
