//! Why a question is not answered.

use super::bound::Excess;
use crate::graphql::error::Failure;

/// What is wrong with a question as a whole.
#[derive(Clone, Debug)]
pub(in crate::graphql) enum Refusal {
    /// It is beyond a limit.
    Beyond(Excess),
    /// It is none: the Chinese and the English words.
    Bad(String, String),
}

impl Refusal {
    pub(super) fn bad(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Bad(zh.into(), en.into())
    }
}

impl From<Excess> for Refusal {
    fn from(excess: Excess) -> Self {
        Self::Beyond(excess)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Beyond(excess) => Self::beyond(excess),
            Refusal::Bad(zh, en) => Self::bad_input(&zh, &en),
        }
    }
}
