//! Small random changes of seeds, for the bounded run. The sequence is fixed by the seed of the random generator.

use fastrand::Rng;

/// Numbers at which something may overflow.
const NUMBERS: [&str; 16] = [
    "0",
    "-1",
    "1e999",
    "1E-9",
    "0.0000000001",
    "00",
    "127",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "79228162514264337593543950336",
];

/// Bytes that have a meaning in some format.
const BYTES: &[u8] = b"\0\t\n\r \"\\{}[]:,'&=?#%+-.0019aZ/<>|~\x7f\x80\xc0\xe9\xed\xa0\xf0\xff";

/// The longest input that is made.
const MAX: usize = 64 * 1024;

/// Changes seeds.
pub struct Mutator<'a> {
    chance: Rng,
    seeds: &'a [Vec<u8>],
    words: &'a [&'a str],
}

impl<'a> Mutator<'a> {
    /// Changes these seeds, of which there must be at least one, with words that mean something to the target.
    pub fn new(seeds: &'a [Vec<u8>], words: &'a [&'a str], seed: u64) -> Self {
        Self { chance: Rng::with_seed(seed), seeds, words }
    }

    /// Another input: a seed with one to eight changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seeds[self.chance.usize(..self.seeds.len())].clone();
        for _ in 0..1_u8 << self.chance.u8(..4) {
            self.change(&mut input);
        }
        input.truncate(MAX);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.chance.usize(..=input.len());
        let rest = input.len() - at;
        // Mostly short.
        let length = self.chance.usize(..=rest) >> self.chance.u32(..12);
        let end = at + length;
        match self.chance.u8(..11) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..end)),
            2 => drop(input.splice(at..end, input[at..end].repeat(2))),
            3 => {
                let piece = input[at..end].to_vec();
                let to = self.chance.usize(..=input.len());
                drop(input.splice(to..to, piece));
            }
            4 => {
                let other = &self.seeds[self.chance.usize(..self.seeds.len())];
                let from = self.chance.usize(..=other.len());
                let to = from + (self.chance.usize(..=other.len() - from) >> self.chance.u32(..6));
                drop(input.splice(at..end, other[from..to].iter().copied()));
            }
            5 if rest > 0 => input[at] ^= 1 << self.chance.u8(..8),
            6 if rest > 0 => input[at] = self.chance.u8(..),
            7 => {
                let byte = BYTES[self.chance.usize(..BYTES.len())];
                drop(input.splice(at..end.min(at + 1), [byte]));
            }
            8 => self.change_number(input, at),
            _ => {
                let word = self.chance.choice(self.words).copied().unwrap_or("0");
                drop(input.splice(at..end, word.bytes()));
            }
        }
    }

    /// Replaces the next number.
    fn change_number(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(start) = input[at..].iter().position(u8::is_ascii_digit).map(|from| at + from) else { return };
        let length = input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = NUMBERS[self.chance.usize(..NUMBERS.len())];
        drop(input.splice(start..start + length, number.bytes()));
    }
}
