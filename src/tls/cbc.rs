//! Block ciphers in CBC mode, behind one interface.

use super::seed::Seed;
use super::suite::Cipher;
use aes::cipher::array::Array;
use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};

/// A block cipher with its key.
pub(crate) trait Blocks: Send + Sync {
    /// Decrypts `data` in place. `None`: not a number of whole blocks.
    fn decrypt(&self, iv: &[u8], data: &mut [u8]) -> Option<()>;
    /// Bytes of a block. Never 0.
    fn len(&self) -> usize;
}

struct Of<C>(C);

impl<C: BlockCipherDecrypt + Clone + Send + Sync> Blocks for Of<C> {
    fn decrypt(&self, iv: &[u8], data: &mut [u8]) -> Option<()> {
        let mut mode = cbc::Decryptor::inner_iv_slice_init(self.0.clone(), iv).ok()?;
        let (blocks, rest) = Array::slice_as_chunks_mut(data);
        mode.decrypt_blocks(blocks);
        rest.is_empty().then_some(())
    }

    fn len(&self) -> usize {
        C::block_size()
    }
}

/// The block cipher with `key`; `None` for other ciphers and keys of wrong length.
pub(crate) fn blocks(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Blocks>> {
    fn of<C>(key: &[u8]) -> Option<Box<dyn Blocks>>
    where
        C: BlockCipherDecrypt + KeyInit + Clone + Send + Sync + 'static,
    {
        Some(Box::new(Of(C::new_from_slice(key).ok()?)))
    }
    match cipher {
        Cipher::Aes128Cbc => of::<aes::Aes128Dec>(key),
        Cipher::Aes256Cbc => of::<aes::Aes256Dec>(key),
        Cipher::Camellia128Cbc => of::<camellia::Camellia128>(key),
        Cipher::Camellia256Cbc => of::<camellia::Camellia256>(key),
        Cipher::DesCbc | Cipher::Des40Cbc => of::<des::Des>(key),
        Cipher::TripleDesCbc => of::<des::TdesEde3>(key),
        Cipher::IdeaCbc => of::<idea::Idea>(key),
        Cipher::Rc2Cbc40 => of::<rc2::Rc2>(key),
        Cipher::Aria128Cbc => of::<aria::Aria128>(key),
        Cipher::Aria256Cbc => of::<aria::Aria256>(key),
        Cipher::SeedCbc => Some(Box::new(Seed::new(key)?)),
        _ => None,
    }
}
