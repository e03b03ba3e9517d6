//! No question can hurt: what is beyond a limit is refused before anything is executed, and what is not is answered.

mod bounds;
mod cost;
mod generate;
mod time;
