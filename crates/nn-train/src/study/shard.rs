//! A shard: the runs of some trials of a study, in a file or in memory. It is read here and [written](super::write) elsewhere.
//!
//! # Format
//! The [header](Header) in text; then, in binary and little-endian, a record for each run; then the training losses, and the
//! validation losses if there are any; then a checksum, the CRC-32 of everything before it. Losses are in the order of
//! epochs: each epoch has one for each run that has not ended before, in the order of trials. So the losses of an epoch can be
//! read from many shards without those of other epochs.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::StudyError;
use super::header::{FORMAT, Header, Precision, Report};

/// The largest size of a header. It has room for the failures of a million trials.
const LONGEST_HEADER: u64 = 256 << 20;

/// The size of a record, in bytes.
const RECORD: usize = 33;

/// The size of the checksum, in bytes.
const CHECKSUM: usize = 4;

/// A shard whose checksum, sizes and indices are right.
#[derive(Debug, Clone)]
pub(super) struct Shard {
    source: Source,
    pub(super) header: Header,
    pub(super) records: Vec<Record>,
    /// The position of the losses in the file.
    losses: u64,
    /// The length of the file and its checksum, by which a file is known again.
    seal: (u64, u32),
}

/// A run without its curves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) index: usize,
    /// The length of the curve.
    pub(super) epochs: usize,
    pub(super) restored: Option<usize>,
    pub(super) score: Option<f64>,
    pub(super) success: Option<bool>,
    /// As [`Run::diverged`](crate::Run::diverged) says.
    pub(super) diverged: bool,
}

impl Record {
    /// Whether both are the same, also where the score is NaN.
    pub(super) fn is(&self, other: &Record) -> bool {
        let bits = |record: &Record| record.score.map(f64::to_bits);
        let rest = |record: &Record| Record { score: None, ..record.clone() };
        bits(self) == bits(other) && rest(self) == rest(other)
    }
}

/// Training or validation losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Losses {
    Training,
    Validation,
}

/// Where the bytes are.
#[derive(Debug, Clone)]
enum Source {
    Memory(Arc<[u8]>),
    File(PathBuf),
}

impl Source {
    /// The name in messages.
    fn name(&self) -> PathBuf {
        match self {
            Source::Memory(_) => PathBuf::from("<memory>"),
            Source::File(path) => path.clone(),
        }
    }

    fn open(&self) -> io::Result<(Box<dyn Input + '_>, u64)> {
        Ok(match self {
            Source::Memory(bytes) => (Box::new(Cursor::new(&bytes[..])), bytes.len() as u64),
            Source::File(path) => {
                let file = File::open(path)?;
                let length = file.metadata()?.len();
                (Box::new(file), length)
            }
        })
    }
}

trait Input: Read + Seek {}
impl<T: Read + Seek> Input for T {}

impl Shard {
    /// Reads a shard in memory.
    pub(super) fn in_memory(bytes: Vec<u8>) -> Result<Self, StudyError> {
        Shard::open(Source::Memory(bytes.into()))
    }

    /// Reads a file, and checks all of it.
    ///
    /// # Errors
    /// [`StudyError::Read`] if it cannot be read, [`StudyError::Damaged`] if it is not what was written.
    pub(super) fn at(path: &Path) -> Result<Self, StudyError> {
        Shard::open(Source::File(path.to_owned()))
    }

    /// The name in messages.
    pub(super) fn name(&self) -> PathBuf {
        self.source.name()
    }

    fn open(source: Source) -> Result<Self, StudyError> {
        match read(&source) {
            Ok(Ok((header, records, losses, seal))) => Ok(Shard { header, records, losses, seal, source }),
            Ok(Err(Wrong::Damaged(what))) => Err(StudyError::Damaged { file: source.name(), what }),
            Ok(Err(Wrong::Format(format))) => Err(StudyError::Format { file: source.name(), format }),
            Err(error) => Err(StudyError::Read { file: source.name(), source: error }),
        }
    }

    /// Returns the bits of the losses of these epochs, as far as there are any: for each epoch one for each run that has not
    /// ended before.
    pub(super) fn losses(
        &self,
        which: Losses,
        epochs: Range<usize>,
    ) -> Result<impl Iterator<Item = u64>, StudyError> {
        let [start, end] = [epochs.start, epochs.end].map(|epoch| losses_before(epoch, &self.records));
        let width = self.header.study.precision.width();
        let first = match which {
            Losses::Training => start,
            Losses::Validation => losses_before(self.header.epochs, &self.records) + start,
        };
        // The sizes were checked against the length of the file.
        let mut bytes = vec![0; (end - start) as usize * width];
        let mut seal = [0; CHECKSUM];
        let read = self.source.open().and_then(|(mut input, length)| {
            input.seek(SeekFrom::Start(self.losses + first * width as u64))?;
            input.read_exact(&mut bytes)?;
            input.seek(SeekFrom::End(-(CHECKSUM as i64)))?;
            input.read_exact(&mut seal)?;
            Ok(length)
        });
        let length = read.map_err(|source| StudyError::Read { file: self.name(), source })?;
        // A copy of the part that still runs somewhere may have put its own file there, with another header.
        if (length, u32::from_le_bytes(seal)) != self.seal {
            return Err(StudyError::Changed { file: self.name() });
        }
        let bits = |bytes: &[u8]| bytes.iter().rev().fold(0, |bits, &byte| bits << 8 | u64::from(byte));
        Ok((0..bytes.len()).step_by(width).map(move |start| bits(&bytes[start..start + width])))
    }

    /// Returns the loss with these bits.
    pub(super) fn loss(&self, bits: u64) -> f64 {
        match self.header.study.precision {
            Precision::F32 => f64::from(f32::from_bits(bits as u32)),
            Precision::F64 => f64::from_bits(bits),
        }
    }
}

type Parts = (Header, Vec<Record>, u64, (u64, u32));

/// What is wrong with the contents of a shard.
enum Wrong {
    /// The end of a sentence that begins with its name.
    Damaged(String),
    /// It has another format, of this name.
    Format(String),
}

impl<T: Into<String>> From<T> for Wrong {
    fn from(what: T) -> Self {
        Wrong::Damaged(what.into())
    }
}

/// Reads all of a shard, and keeps everything but the losses.
fn read(source: &Source) -> io::Result<Result<Parts, Wrong>> {
    let (input, length) = source.open()?;
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut checksum = crc32fast::Hasher::new();

    let mut text = Vec::new();
    loop {
        let start = text.len();
        let left = if start == 0 { FORMAT.len() as u64 + 20 } else { LONGEST_HEADER - start as u64 };
        if (&mut input).take(left).read_until(b'\n', &mut text)? == 0 || !text.ends_with(b"\n") {
            return Ok(Err(if start == 0 { "is no shard".into() } else { "ends within its header".into() }));
        }
        if start == 0 && text.trim_ascii_end() != FORMAT.as_bytes() {
            let first = String::from_utf8_lossy(&text);
            return Ok(Err(match first.strip_prefix("nn shard ") {
                Some(_) => Wrong::Format(first.trim_end().into()),
                None => "is no shard".into(),
            }));
        }
        if text.len() - start == 1 {
            break;
        }
    }
    checksum.update(&text);
    let header = match std::str::from_utf8(&text).map_err(|_| "has a header that is not UTF-8".to_owned()) {
        Ok(text) => Header::parse(text.trim_end_matches('\n')),
        Err(what) => Err(what),
    };
    let header = match header {
        Ok(header) => header,
        Err(what) => return Ok(Err(what.into())),
    };
    let after_header = text.len() as u64;
    let size_of_records = (header.runs as u64).checked_mul(RECORD as u64);
    let room = length.saturating_sub(after_header + CHECKSUM as u64);
    let Some(size_of_records) = size_of_records.filter(|&size| size <= room) else {
        return Ok(Err(format!("has {length} bytes, too few for {} runs", header.runs).into()));
    };
    let mut records = vec![0; size_of_records as usize];
    input.read_exact(&mut records)?;
    checksum.update(&records);
    let records: Vec<Record> =
        records.chunks_exact(RECORD).map(|bytes| record(bytes, &header.report)).collect();
    if let Err(what) = check(&header, &records) {
        return Ok(Err(what.into()));
    }

    let kinds = 1 + u64::from(header.report.validation);
    let width = header.study.precision.width() as u64;
    if header.epochs as u64 > room / width {
        return Ok(Err(format!("has {length} bytes, too few for {} epochs", header.epochs).into()));
    }
    let losses = losses_before(header.epochs, &records).checked_mul(kinds * width);
    let expected =
        losses.and_then(|losses| losses.checked_add(after_header + size_of_records + CHECKSUM as u64));
    if expected != Some(length) {
        let expected = expected.map_or("more".into(), |expected| expected.to_string());
        return Ok(Err(format!("has {length} bytes, expected {expected}").into()));
    }
    let mut left = length - after_header - size_of_records - CHECKSUM as u64;
    while left > 0 {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Err("ends within its losses".into()));
        }
        let taken = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        checksum.update(&buffer[..taken]);
        input.consume(taken);
        left -= taken as u64;
    }
    let mut expected = [0; CHECKSUM];
    input.read_exact(&mut expected)?;
    let (expected, found) = (u32::from_le_bytes(expected), checksum.finalize());
    if expected != found {
        return Ok(Err(format!("has the checksum {found:08x}, expected {expected:08x}").into()));
    }
    let losses = after_header + size_of_records;
    Ok(Ok((header, records, losses, (length, found))))
}

fn record(bytes: &[u8], report: &Report) -> Record {
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    let size = |at: usize| usize::try_from(number(at)).unwrap_or(usize::MAX);
    let flags = bytes[RECORD - 1];
    Record {
        index: size(0),
        epochs: size(8),
        restored: (number(16) != u64::MAX).then(|| size(16)),
        score: report.score.is_some().then(|| f64::from_bits(number(24))),
        success: report.success.then_some(flags & 2 != 0),
        diverged: flags & 1 != 0,
    }
}

/// Checks what the checksum cannot: that the parts agree.
fn check(header: &Header, records: &[Record]) -> Result<(), String> {
    let failed = header.failures.iter().map(|&(index, _)| index);
    let mut indices: Vec<usize> = records.iter().map(|record| record.index).chain(failed).collect();
    indices.sort_unstable();
    if !records.is_sorted_by_key(|record| record.index) || !indices.into_iter().eq(header.range.clone()) {
        return Err(format!("has other trials than {:?}", header.range));
    }
    let epochs = records.iter().map(|record| record.epochs).max().unwrap_or(0);
    if epochs != header.epochs {
        return Err(format!("has a run of {epochs} epochs, expected {}", header.epochs));
    }
    let wrong = |record: &&Record| record.epochs == 0 || record.restored.is_some_and(|r| r >= record.epochs);
    match records.iter().find(wrong) {
        Some(Record { index, epochs, .. }) => {
            Err(format!("has a wrong run of {epochs} epochs, trial {index}"))
        }
        None => Ok(()),
    }
}

/// The number of losses of the epochs before this one.
fn losses_before(epoch: usize, records: &[Record]) -> u64 {
    records.iter().fold(0, |sum, record| sum.saturating_add(record.epochs.min(epoch) as u64))
}
