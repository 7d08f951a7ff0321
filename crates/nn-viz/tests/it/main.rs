//! Tests of finished figures, through the public interface only.

mod agreement;
mod drawing;
mod errors;
mod pixels;
