//! How far a run has come, for whoever shows it.

/// What a run is doing with rows (进度).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reading the cells of a table's rows (读取).
    Reading,
    /// Matching rows with the last version (比对).
    Matching,
}

/// How many rows a step has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: Step,
    /// The rows that are done.
    pub done: usize,
    /// All of its rows.
    pub of: usize,
}

impl Progress {
    /// What is to be called for each row of a step, and tells how far it has come.
    pub(super) fn counting(step: Step, of: usize, tell: &mut dyn FnMut(Self)) -> impl FnMut() {
        tell(Self { step, done: 0, of });
        let mut done = 0;
        move || {
            done += 1;
            tell(Self { step, done, of });
        }
    }
}
