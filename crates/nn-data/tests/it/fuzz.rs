//! The file readers on damaged files: no panic, no wrong answer, and no more memory than the size of the input justifies.
//!
//! Every case is a file from the lists below with a few random changes. Some thousands of cases run with the tests; a longer
//! search is `FUZZ_SECONDS=600 cargo test --release -p nn-data --test it -- --ignored fuzz::`. A failure found by a search becomes a
//! test with a name.

#![expect(unsafe_code, reason = "measuring memory needs a global allocator, whose trait is unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use nn_core::rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::team::alone;
use nn_data::{
    Csv, DataError, Idx, KFold, make_regression, make_sinusoid, make_xor, one_hot, train_test_split,
};

const CASES: u64 = 20_000;

// --- Memory ---

/// Forwards every call to the system's allocator and records the maximum memory in use, for each thread. A thread can be given
/// less memory than the system has.
struct Measuring;

thread_local! {
    static USED: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static LIMIT: Cell<isize> = const { Cell::new(isize::MAX) };
}

fn add(size: isize) {
    let used = USED.get() + size;
    USED.set(used);
    MOST.set(MOST.get().max(used));
}

// SAFETY: both methods forward their arguments to the system's allocator, so they keep its promises; null means that there is no
// memory. The other methods are the trait's defaults, which call these two.
unsafe impl GlobalAlloc for Measuring {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if USED.get().saturating_add(layout.size() as isize) > LIMIT.get() {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps the rules of this method, which are those of that.
        let memory = unsafe { System.alloc(layout) };
        if !memory.is_null() {
            add(layout.size() as isize);
        }
        memory
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Measuring = Measuring;

/// Returns the result of `work` and the maximum number of bytes it had in use. It works alone, because what other threads allocate
/// is not counted here.
fn memory<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = USED.get();
    MOST.set(before);
    let made = alone(work);
    (made, (MOST.get() - before) as usize)
}

/// Returns the result of `work`, which has this many bytes of memory: any other allocation fails.
fn with_memory<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    LIMIT.set(USED.get() + bytes as isize);
    let made = work();
    LIMIT.set(isize::MAX);
    made
}

#[test]
fn the_measure_measures() {
    let room = |bytes| with_memory(1000, || Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    assert_eq!((room(900), room(1100)), (true, false));
    assert_eq!(memory(|| 1 + 1).1, 0);
    assert_eq!(memory(|| drop((vec![0_u8; 100], vec![0_u8; 200]))).1, 300);
    assert!(memory(|| vec![1_u8; 1000].repeat(10)).1 >= 11_000);
}

// --- CSV ---

const TABLES: [&[u8]; 10] = [
    b"x,y,class\n1,2,a\n3,4,b\n-5e-3,NA,a\n",
    b"\xEF\xBB\xBFx,\"y \"\"z\"\"\",class\r\n1, 2 ,\"a, b\"\r\n\r\n?,4,\"two\r\nlines\"\r\n",
    b"a;b;c\n1;2;3\n",
    b"x,y\r1,\r,2\r",
    b"x,y\n1e308,-1e309\nNaN,inf\n",
    "größe,класс\n1,да\n2,нет\n".as_bytes(),
    b"day\tid\tok\n2020-02-28\t-1,5\tyes\n.\t2\tno\n",
    b" x  y \n 1,5 a\n-2,25\tb\n",
    b"# by hand\n%\nyear,2000,2001,2002\n1,2.5,3,\n2,1,?,\n",
    b"\xFF\xFEx\0,\0\x2D\x4E\n\x001\0,\0a\0\n\x002\0,\0\x87\x65\n\0",
];

/// The memory that a table of a file of this size may take.
fn most_of_table(size: usize, csv: &Csv) -> usize {
    30 * size + 512 * csv.columns().len() + 10_000
}

/// Reads every column as classes and as values, and all as a table, with and without dropping.
fn check_csv(bytes: &[u8]) {
    let (read, used) = memory(|| Csv::from_reader(bytes));
    // A growing buffer takes twice the size of the input, and its copy once.
    assert!(used <= 3 * bytes.len() + 2000, "{used} bytes for {}", bytes.len());
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    let complain = |error: DataError| {
        let DataError::Csv(error) = error else { panic!("{error:?}") };
        assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error}");
    };
    let csv = match read {
        Ok(csv) => csv,
        Err(error) => return complain(error),
    };
    for csv in [csv.clone(), csv.clone().drop_missing()] {
        let (read, used) = memory(|| csv.table());
        assert!(used <= most_of_table(bytes.len(), &csv), "{used} bytes for {}", bytes.len());
        match read {
            Ok(read) => assert!((1..lines).contains(&read.rows())),
            Err(error) => complain(error),
        }
        for column in &csv.columns() {
            let (read, used) = memory(|| csv.classes::<f32>(column));
            // A feature of a single sample takes a block of sixteen values.
            assert!(used <= 30 * bytes.len() + 20_000, "{used} bytes for {}", bytes.len());
            match read {
                Ok(read) => {
                    assert!(read.data.samples() > 0 && read.data.samples() + read.dropped < lines);
                    assert!(read.data.y().iter().all(|&class| class < read.classes.len()));
                    assert!(read.data.x().view().iter().all(|value| value.is_finite()));
                }
                Err(error) => complain(error),
            }
            match csv.clone().features([column]).values::<f64>([&csv.columns()[0]]) {
                Ok(read) => assert!(read.data.x().view().iter().all(|value| value.is_finite())),
                Err(error) => complain(error),
            }
        }
    }
}

// --- IDX ---

fn idx(code: u8, sizes: &[u32], numbers: usize) -> Vec<u8> {
    let mut file = vec![0, 0, code, sizes.len() as u8];
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend((0..numbers).map(|i| (37 * i) as u8));
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn images() -> Vec<Vec<u8>> {
    vec![
        idx(0x08, &[3, 2, 2], 12),
        idx(0x08, &[5], 5),
        idx(0x09, &[2, 3], 6),
        idx(0x0B, &[4, 1], 8),
        idx(0x0C, &[2], 8),
        idx(0x0D, &[2, 2], 16),
        idx(0x0E, &[1, 1, 1, 2], 16),
        idx(0x08, &[u32::MAX, u32::MAX], 3),
        idx(0x08, &[200, 50], 10_000),
    ]
}

/// Returns the total size that the header of an uncompressed file announces, by a second implementation of the format, or
/// `None` if the header is wrong.
fn announced(bytes: &[u8]) -> Option<u128> {
    let (&[0, 0, code, axes], sizes) = bytes.split_first_chunk::<4>()? else { return None };
    let width = match code {
        0x08 | 0x09 => 1,
        0x0B => 2,
        0x0C | 0x0D => 4,
        0x0E => 8,
        _ => return None,
    };
    let sizes = sizes.get(..4 * usize::from(axes)).filter(|_| axes > 0)?;
    let sizes = sizes.chunks(4).map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap()));
    let numbers = sizes.fold(width, |product: u128, size| product.saturating_mul(size.into()));
    (numbers > 0).then(|| numbers.saturating_add(4 + 4 * u128::from(axes)))
}

/// Reads the file as numbers and as labels. `plain` is the uncompressed file, if it is known.
fn check_idx(bytes: &[u8], plain: Option<&[u8]>) {
    let (read, used) = memory(|| Idx::from_reader(bytes));
    let packed = bytes.starts_with(&[0x1F, 0x8B]);
    // A growing buffer takes twice the size of the input, and its copy once. Each compressed byte gives at most 1032 bytes.
    let most = if packed {
        200_000 + plain.map_or(3 * 1032 * bytes.len(), |plain| 3 * plain.len())
    } else {
        3 * bytes.len() + 2000
    };
    assert!(used <= most, "{used} bytes for {}", bytes.len());
    if let Some(plain) = plain {
        assert_eq!(read.is_ok(), announced(plain) == Some(plain.len() as u128), "{read:?}");
    }
    let idx = match read {
        Ok(idx) => idx,
        Err(DataError::Idx(_)) => return,
        Err(error) => panic!("{error:?}"),
    };
    let numbers: usize = idx.shape().iter().product();
    let (tensor, used) = memory(|| idx.tensor::<f32>());
    assert!(used <= 64 * numbers + 2000 + 50 * idx.shape().len(), "{used} bytes for {numbers} numbers");
    match tensor {
        Ok(tensor) => {
            assert_eq!(tensor.shape(), idx.shape());
            assert!(tensor.view().iter().all(|value| value.is_finite()));
        }
        Err(error) => assert!(matches!(error, DataError::Idx(_)), "{error:?}"),
    }
    match idx.labels() {
        Ok(labels) => assert_eq!(labels.len(), numbers),
        Err(error) => assert!(matches!(error, DataError::Idx(_)), "{error:?}"),
    }
}

// --- Cases ---

/// A number below `n`.
fn below(n: usize, rng: &mut impl Rng) -> usize {
    (rng.next_u64() % n as u64) as usize
}

/// Makes one to eight changes.
fn damage(bytes: &mut Vec<u8>, others: &[&[u8]], rng: &mut impl Rng) {
    const TELLING: &[u8] = b"\x00\x01\x02\x08\x0B\x0D\x0E\x1F\x8B\x7F\x80\xFF,\"\n\r ?.-e0919\xEF\xC3";
    const SIZES: [u32; 8] = [0, 1, 2, 16, 255, 1 << 16, 1 << 31, u32::MAX];
    for _ in 0..=below(8, rng) {
        let place = below(bytes.len() + 1, rng);
        let end = bytes.len().min(place + 1 + below(9, rng));
        match below(9, rng) {
            0 if place < bytes.len() => bytes[place] ^= 1 << below(8, rng),
            1 if place < bytes.len() => bytes[place] = TELLING[below(TELLING.len(), rng)],
            2 => bytes.insert(place, TELLING[below(TELLING.len(), rng)]),
            3 => bytes.insert(place, rng.random()),
            4 => drop(bytes.drain(place..end)),
            5 => {
                let copy = bytes[place..end].to_vec();
                drop(bytes.splice(place..place, copy));
            }
            6 if place + 4 <= bytes.len() => {
                bytes[place..place + 4].copy_from_slice(&SIZES[below(SIZES.len(), rng)].to_be_bytes());
            }
            7 => {
                let other = others[below(others.len(), rng)];
                let from = below(other.len(), rng);
                let to = other.len().min(from + 1 + below(20, rng));
                drop(bytes.splice(place..place, other[from..to].iter().copied()));
            }
            8 if below(4, rng) == 0 => bytes.truncate(place),
            _ => {}
        }
    }
}

/// Runs one case, and prints it if it fails.
fn case(seed: u64) {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let images = images();
    let images: Vec<&[u8]> = images.iter().map(Vec::as_slice).collect();
    let seeds = if rng.random() { &TABLES[..] } else { &images[..] };
    let is_table = seeds.len() == TABLES.len();
    let mut bytes = seeds[below(seeds.len(), rng)].to_vec();
    let way = below(3, rng);
    let mut plain = None;
    if !is_table && way == 1 {
        bytes = gzip(&bytes);
    }
    damage(&mut bytes, seeds, rng);
    if !is_table && way == 2 {
        plain = Some(bytes.clone());
        bytes = gzip(&bytes);
    } else if !is_table && !bytes.starts_with(&[0x1F, 0x8B]) {
        plain = Some(bytes.clone());
    }
    let run = || if is_table { check_csv(&bytes) } else { check_idx(&bytes, plain.as_deref()) };
    if catch_unwind(AssertUnwindSafe(run)).is_err() {
        panic!("case {seed}: b\"{}\"", bytes.escape_ascii());
    }
}

#[test]
fn damaged_files_do_no_harm() {
    (0..CASES).for_each(case);
}

#[test]
#[ignore = "searches for FUZZ_SECONDS, or for a minute by default"]
fn search() {
    let seconds = std::env::var("FUZZ_SECONDS").map_or(60, |seconds| seconds.parse().unwrap());
    let (start, mut seed) = (Instant::now(), CASES);
    while start.elapsed() < Duration::from_secs(seconds) {
        (seed..seed + 1000).for_each(case);
        seed += 1000;
    }
    println!("{} cases", seed - CASES);
}

// --- Small files that must not take much memory ---

#[test]
fn text_in_utf_16_takes_three_times_its_size() {
    // A character of two bytes takes three in UTF-8. The buffer has just grown to twice the size.
    let text = "\u{FEFF}x,y\n".to_owned() + &"中文中文中文中文,文中文中文中文中\n".repeat(4110);
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // The reader does not tell its length.
    let (csv, used) = memory(|| Csv::from_reader((&bytes[..]).take(u64::MAX)));
    assert!(used <= 3 * bytes.len() + 2000, "{used} bytes for {}", bytes.len());
    assert_eq!(csv.unwrap().table().unwrap().rows(), 4110);
}

#[test]
fn a_header_alone_takes_no_memory() {
    for file in [idx(8, &[60_000, 28, 28], 100), idx(0x0E, &[1 << 30, 1 << 20], 100)] {
        for (file, most) in [(file.clone(), 4000), (gzip(&file), 200_000)] {
            let (read, used) = memory(|| Idx::from_reader(&file[..]));
            assert!(read.is_err());
            assert!(used <= most, "{used}");
        }
    }
}

#[test]
fn a_package_that_bursts_stops_where_its_header_ends() {
    let mut file = idx(8, &[1000], 1000);
    file.resize(50_000_000, 0);
    let packed = gzip(&file);
    assert!(packed.len() < 100_000);
    let (read, used) = memory(|| Idx::from_reader(&packed[..]));
    assert_eq!(
        read.unwrap_err().to_string(),
        "<input>: the header announces 1000 numbers of u8 in 1000 bytes, but more follow it"
    );
    assert!(used < 200_000, "{used}");
}

/// As `[1, 10⁹]`, of which less than a megabyte arrives: a tensor of it would take 64 GB.
#[test]
fn one_sample_must_not_take_sixteen_times_its_memory_without_a_bound() {
    let gigabyte = idx(8, &[1, 1_000_000_000], 1_000_000);
    for file in [gigabyte.clone(), gzip(&gigabyte), idx(8, &[1, 20_000_000], 20_000_000)] {
        let (read, used) = memory(|| Idx::from_reader(&file[..]));
        let error = read.unwrap_err().to_string();
        assert!(
            error.contains("because it stores samples in sixteens; put at least eight samples"),
            "{error}"
        );
        assert!(used < 200_000, "{used}");
    }
    // In f32 the padding takes 600 MB, in f64 more than the gibibyte that it may.
    let read = Idx::from_reader(&idx(8, &[1, 10_000_000], 10_000_000)[..]).unwrap();
    let (made, used) = memory(|| read.tensor::<f64>().map(drop));
    assert_eq!(
        made.unwrap_err().to_string(),
        "<input>: the header announces 1 x 10000000 numbers of u8, which take 80000000 bytes as a tensor and 1200000000 more, \
         because it stores samples in sixteens; put at least eight samples into one file"
    );
    assert!(used < 2000, "{used}");
    // With eight samples, there is as much padding as there are numbers.
    let (read, used) =
        memory(|| Idx::from_reader(&idx(8, &[8, 100_000], 800_000)[..]).unwrap().tensor::<f64>());
    assert!(read.is_ok() && used < 20 * 800_000, "{used}");
}

#[test]
fn memory_that_is_not_there_is_an_error() {
    let numbers = idx(8, &[20, 5000], 100_000);
    let labels = idx(8, &[100_000], 100_000);
    let (numbers_read, labels_read) =
        (Idx::from_reader(&numbers[..]).unwrap(), Idx::from_reader(&labels[..]).unwrap());
    let table = "x,y\n".to_owned() + &"1,2\n".repeat(50_000);
    let csv = Csv::from_reader(table.as_bytes()).unwrap();
    let data = make_xor::<f32>(50_000, 0.1, &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
    let rng = || ChaCha8Rng::seed_from_u64(0);
    let errors = with_memory(100_000, || {
        [
            Idx::from_reader(&labels[..]).err(),
            Idx::from_reader(&gzip_ready(&numbers)[..]).err(),
            numbers_read.tensor::<f32>().err(),
            labels_read.labels().err(),
            labels_read.tensor::<f64>().err(),
            Csv::from_reader(table.as_bytes()).err(),
            csv.values::<f32>(["y"]).err(),
            csv.classes::<f32>("y").err(),
            make_xor::<f32>(50_000, 0.1, &mut rng()).err(),
            make_regression::<f32>(50_000, 1, 1, 0.1, &mut rng()).err(),
            make_sinusoid::<f64>(50_000, 1.0, 0.1, &mut rng()).err(),
            one_hot::<f32>(data.y(), 2).err(),
            train_test_split(&data, 0.5, &mut rng()).err(),
            KFold::new(2).split(&data, &mut rng()).err(),
        ]
    });
    for (place, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("{place} is not refused")).to_string();
        assert!(error.contains("memory"), "{place}: {error}");
    }
}

/// Compresses in memory that is no part of the limit: the file is there before it is read.
fn gzip_ready(bytes: &[u8]) -> Vec<u8> {
    let limit = LIMIT.replace(isize::MAX);
    let packed = gzip(bytes);
    LIMIT.set(limit + packed.capacity() as isize);
    packed
}

/// The worst for each part of the reader, and how many times the size of the file it may take: names, fields, rows, classes.
#[test]
fn no_table_takes_much_more_memory_than_its_file() {
    const SIZE: usize = 400_000;
    let names = (0..SIZE / 8).map(|i| format!("{i:x}")).collect::<Vec<_>>().join(",");
    let classes = (0..SIZE / 8).fold(String::new(), |rows, i| rows + &format!("1,{i:x}\n"));
    // Just more than a power of two: memory that doubled as it grew would be half empty.
    let equal = "x,".repeat((1 << 17) + 1);
    let files: [(&str, usize, Vec<u8>); 12] = [
        ("commas", 1, vec![b','; SIZE]),
        ("a row of commas", 1, [b"x,y\n", &vec![b','; SIZE][..]].concat()),
        ("quotes", 2, vec![b'"'; SIZE]),
        ("empty lines", 10, [b"x,y\n1,2", &vec![b'\n'; SIZE][..]].concat()),
        ("one name", 2, [&vec![b'x'; SIZE][..], b",y\n1,2\n"].concat()),
        ("one field", 2, [b"x,y\n1,", &vec![b'x'; SIZE][..]].concat()),
        ("doubled quotes", 2, [b"x,y\n1,\"", &vec![b'"'; SIZE][..], b"\""].concat()),
        ("names", 30, format!("{names},y\n{}1", "1,".repeat(SIZE / 8)).into()),
        ("equal names", 25, format!("{equal}y\n1").into()),
        ("rows", 10, [b"x,y\n", "1,2\n".repeat(SIZE / 4).as_bytes()].concat()),
        ("classes", 20, format!("x,y\n{classes}").into()),
        ("missing values", 10, [b"x,y\n", ",\n".repeat(SIZE / 2).as_bytes()].concat()),
    ];
    for (name, factor, file) in files {
        let (csv, opened) = memory(|| Csv::from_reader(&file[..]));
        assert!(opened <= 3 * file.len() + 2000, "{name}: {opened} bytes for {}", file.len());
        let Ok(csv) = csv else { continue };
        for csv in [csv.clone(), csv.clone().drop_missing(), csv.features(["x"])] {
            let classes = memory(|| csv.classes::<f32>("y").map(drop));
            let values = memory(|| csv.values::<f64>(["y"]).map(drop));
            let unknown = memory(|| csv.classes::<f32>("z").map(drop));
            let table = memory(|| csv.table().map(drop));
            assert!(
                table.1 <= most_of_table(file.len(), &csv),
                "{name}: {} bytes for {}",
                table.1,
                file.len()
            );
            for (read, used) in [classes, values, unknown] {
                assert!(used <= factor * file.len() + 10_000, "{name}: {used} bytes for {}", file.len());
                let message = read.err().map_or(0, |error| error.to_string().len());
                assert!(message < 1000, "{name}: a message of {message} bytes");
            }
        }
    }
}
