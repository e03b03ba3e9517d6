//! A client that takes what comes as fast as it comes, and does nothing with it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// What the client saw.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub bytes: u64,
    /// Until the first byte of the body, and until the last.
    pub first: Duration,
    pub took: Duration,
}

/// What is read at once.
const BUFFER: usize = 256 << 10;

/// Reads all that there is.
pub fn drain(mut source: impl Read, begun: Instant) -> Result<Seen> {
    let mut buffer = vec![0; BUFFER];
    let mut seen = Seen { bytes: 0, first: Duration::ZERO, took: Duration::ZERO };
    loop {
        let count = source.read(&mut buffer)?;
        if seen.bytes == 0 {
            seen.first = begun.elapsed();
        }
        if count == 0 {
            seen.took = begun.elapsed();
            return Ok(seen);
        }
        seen.bytes += count as u64;
    }
}

/// Gets a file. The protocol is HTTP/1.0, in which the body ends with the connection: nobody has to look for chunks.
pub fn get(address: SocketAddr, path: &str) -> Result<Seen> {
    let mut stream = TcpStream::connect(address)?;
    let begun = Instant::now();
    write!(stream, "GET {path} HTTP/1.0\r\nhost: bench.example\r\n\r\n")?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        ensure!(stream.read(&mut byte)? == 1, "{path}: the server hung up");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head)?;
    let status = head.lines().next().and_then(|line| line.split(' ').nth(1)).context("a status")?;
    ensure!(status == "200", "{path}: {head}");
    drain(stream, begun)
}
