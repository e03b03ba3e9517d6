//! No question can hurt: what is beyond a limit is refused before anything is executed, and what is not is answered.

mod bounds;
pub mod cost;
pub mod generate;
mod time;
