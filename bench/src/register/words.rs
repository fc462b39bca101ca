//! Titles and descriptions for records by the million, in three scripts: made-up words, a few of them very frequent and most of them
//! rare, as in texts of people. The same ones in each run.

/// Words of each language.
const VOCABULARY: u64 = 50_000;

const RUSSIAN: [&str; 16] = [
    "ва", "го", "ни", "ска", "ре", "мо", "ли", "те", "до", "ку", "ша", "бра", "зе", "ты", "пу", "хо",
];
const ENGLISH: [&str; 16] = [
    "ta", "wer", "lo", "min", "cre", "do", "sti", "pa", "nu", "gri", "vel", "so", "ke", "ra", "bou", "hil",
];
const CHINESE: [&str; 16] = [
    "数", "据", "水", "路", "市", "农", "业", "证", "检", "疫", "国", "际", "合", "作", "网", "络",
];

/// Numbers that look random and are the same in each run (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Which word: the first ones by far the most frequent.
    pub fn rank(&mut self) -> u64 {
        let bits = self.below(u64::from(VOCABULARY.ilog2()));
        self.below(2 << bits)
    }
}

/// In which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Words with blanks between them.
    Russian,
    /// The same.
    English,
    /// Signs without.
    Chinese,
}

impl Tongue {
    /// All.
    pub const ALL: [Self; 3] = [Self::Russian, Self::English, Self::Chinese];

    /// The word of this rank: 0 is the most frequent.
    pub fn word(self, rank: u64) -> String {
        let parts = match self {
            Self::Russian => &RUSSIAN,
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        };
        let (mut rest, mut word) = (rank + 16, String::new());
        while rest > 0 {
            word.push_str(parts[(rest % 16) as usize]);
            rest /= 16;
        }
        word
    }

    /// So many words.
    pub fn text(self, numbers: &mut Numbers, count: usize) -> String {
        let between = if self == Self::Chinese { "" } else { " " };
        let words: Vec<String> = (0..count).map(|_| self.word(numbers.rank())).collect();
        words.join(between)
    }
}
