//! A whole country, made up: as many divisions as the national list has, in its shape, and 1.7 million catalogues.

use mulu::import::File;

/// So many of each below one of the level above. With the nation and the villages these are 665,272.
const PROVINCES: usize = 31;
const PREFECTURES: usize = 11;
const COUNTIES: usize = 8;
const TOWNS: usize = 15;
pub const DIVISIONS: usize = 665_272;

pub const CATALOGUES: usize = 1_700_000;
/// Domains of which a county, a prefecture and a province have a catalogue, and a township.
const DOMAINS: usize = 26;
const TOWN_DOMAINS: usize = 9;

/// A place: its 12-digit code.
pub type Code = String;

pub fn province(province: usize) -> Code {
    format!("{}0000000000", 11 + province)
}

pub fn prefecture(province: usize, prefecture: usize) -> Code {
    format!("{}{:02}00000000", 11 + province, 1 + prefecture)
}

/// A county by its number in the country.
pub fn county(number: usize) -> Code {
    let (above, county) = (number / COUNTIES, number % COUNTIES);
    format!("{}{:02}000000", &prefecture(above / PREFECTURES, above % PREFECTURES)[..4], 1 + county)
}

/// A township by its number in the country.
pub fn town(number: usize) -> Code {
    format!("{}1{:02}000", &county(number / TOWNS)[..6], number % TOWNS)
}

pub const ALL_PREFECTURES: usize = PROVINCES * PREFECTURES;
pub const ALL_COUNTIES: usize = ALL_PREFECTURES * COUNTIES;
pub const ALL_TOWNS: usize = ALL_COUNTIES * TOWNS;
pub const ALL_VILLAGES: usize = DIVISIONS - 1 - PROVINCES - ALL_PREFECTURES - ALL_COUNTIES - ALL_TOWNS;

/// A village by its number in the country: the first townships have one more than the others.
pub fn village(number: usize) -> Code {
    let (few, more) = (ALL_VILLAGES / ALL_TOWNS, ALL_VILLAGES % ALL_TOWNS);
    let (above, below) = if number < more * (few + 1) {
        (number / (few + 1), number % (few + 1))
    } else {
        let number = number - more * (few + 1);
        (more + number / few, number % few)
    };
    format!("{}{:03}", &town(above)[..9], 201 + below)
}

/// The register of divisions, but for the nation, which comes with mulu.
pub fn register() -> File {
    let mut text = "code,name,level,parent\n".to_owned();
    let mut add = |code: &str, name: String, level: &str, parent: &str| {
        text.push_str(&format!("{code},{name},{level},{parent}\n"));
    };
    for number in 0..PROVINCES {
        add(&province(number), format!("第{number}省"), "PROVINCE", "100000000000");
        for below in 0..PREFECTURES {
            add(&prefecture(number, below), format!("第{below}市"), "PREFECTURE", &province(number));
        }
    }
    for number in 0..ALL_COUNTIES {
        let code = county(number);
        add(&code, format!("试验{number}县"), "COUNTY", &format!("{}00000000", &code[..4]));
    }
    for number in 0..ALL_TOWNS {
        let code = town(number);
        add(&code, format!("青山{number}镇"), "TOWNSHIP", &format!("{}000000", &code[..6]));
    }
    for number in 0..ALL_VILLAGES {
        let code = village(number);
        add(&code, format!("第{number}村"), "VILLAGE", &format!("{}000", &code[..9]));
    }
    File { name: "divisions.csv".to_owned(), bytes: text.into_bytes() }
}

/// A catalogue that is made: its code, and how many rows.
#[derive(Clone, Debug)]
pub struct Made {
    pub code: String,
    pub rows: usize,
}

/// All catalogues, place by place.
pub fn catalogues() -> impl Iterator<Item = Made> {
    let of = |place: Code, domains: usize| {
        (1..=domains).map(move |domain| Made { code: format!("{place}-{domain:02}"), rows: 2 })
    };
    let prefectures = (0..PROVINCES).flat_map(|above| (0..PREFECTURES).map(move |it| prefecture(above, it)));
    let large = (0..PROVINCES).map(province).chain(prefectures).chain((0..ALL_COUNTIES).map(county));
    let large = large.flat_map(move |place| of(place, DOMAINS));
    let towns = (0..ALL_TOWNS).flat_map(move |number| of(town(number), TOWN_DOMAINS));
    let villages = ["00S", "00V", "00V.02"].into_iter().flat_map(|subject| {
        (0..ALL_VILLAGES).map(move |number| Made { code: format!("{}-{subject}", village(number)), rows: 1 })
    });
    large.chain(towns).chain(villages).take(CATALOGUES)
}
