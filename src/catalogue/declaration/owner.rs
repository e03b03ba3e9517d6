//! Whose declaration holds where: the most specific one of each element.

use std::{collections::HashMap, fmt, str::FromStr};

use chrono::NaiveDate;

use super::{DeclaredElement, ElementsState};
use crate::catalogue::{
    code::{BadCode, DivisionCode, DomainCode},
    text::folded,
};

/// Whose declaration it is: a place's, a domain's, or a domain's in a place. In text the code of its record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The place; `None`: everywhere.
    pub division: Option<DivisionCode>,
    /// The domain; `None`: all.
    pub domain: Option<DomainCode>,
}

impl Owner {
    /// `None` for neither.
    pub fn new(division: Option<DivisionCode>, domain: Option<DomainCode>) -> Option<Self> {
        (division.is_some() || domain.is_some()).then_some(Self { division, domain })
    }

    /// All whose declarations hold in a place for a domain, the most specific first: the nearest place, and in one
    /// place what is for the domain. What is for a domain alone is for the whole country.
    ///
    /// `places` is the place and those above it, the nearest first; none for a domain wherever it is.
    pub fn over(places: &[DivisionCode], domain: Option<&DomainCode>) -> Vec<Self> {
        let nation = DivisionCode::nation();
        let alone = || domain.map(|domain| Self { division: None, domain: Some(domain.clone()) });
        let mut owners = Vec::new();
        for place in places {
            let of = |domain| Self { division: Some(place.clone()), domain };
            owners.extend(domain.map(|domain| of(Some(domain.clone()))));
            owners.extend(alone().filter(|_| *place == nation));
            owners.push(of(None));
        }
        owners.extend(alone().filter(|_| !places.contains(&nation)));
        owners
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.division, &self.domain) {
            (Some(division), Some(domain)) => write!(f, "{division}-{domain}"),
            (Some(division), None) => write!(f, "{division}"),
            (None, Some(domain)) => write!(f, "{domain}"),
            (None, None) => Ok(()),
        }
    }
}

impl FromStr for Owner {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let form = "a division, a domain or both, such as 530115000000, 04 or 530115000000-04";
        let bad = || BadCode { value: text.to_owned(), expected: form };
        if let Some((division, domain)) = text.split_once('-') {
            let (division, domain) = (division.parse().ok(), domain.parse().ok());
            return division.zip(domain).map_or_else(
                || Err(bad()),
                |(division, domain)| Ok(Self { division: Some(division), domain: Some(domain) }),
            );
        }
        // Two digits are a domain: provinces are written with six digits or more here.
        let domain = text.parse::<DomainCode>().ok();
        let division = text.parse::<DivisionCode>().ok().filter(|_| domain.is_none());
        Self::new(division, domain).ok_or_else(bad)
    }
}

/// An element that holds somewhere, and whose declaration says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whose declaration.
    pub owner: Owner,
    /// The element.
    pub element: DeclaredElement,
}

/// The elements that hold on a day, of several declarations: of each key, and of each label, the most specific. `owners`
/// are in the order of [`Owner::over`].
pub fn held(owners: &[Owner], states: &HashMap<String, ElementsState>, day: NaiveDate) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for owner in owners {
        let Some(state) = states.get(&owner.to_string()) else { continue };
        // A record's first state is known before its day, too, but declares nothing then.
        if state.valid_from.is_some_and(|from| from > day) {
            continue;
        }
        for element in &state.elements {
            // A column has one meaning: what a nearer declaration calls by its words is that one's.
            let label = folded(element.label.as_str());
            let same = |other: &Held| {
                other.element.key == element.key || folded(other.element.label.as_str()) == label
            };
            if !held.iter().any(same) {
                held.push(Held { owner: owner.clone(), element: element.clone() });
            }
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_place_comes_first_and_in_it_the_domain() {
        let places: Vec<DivisionCode> =
            ["530115", "53", "100000000000"].map(|code| code.parse().unwrap()).into();
        let domain: DomainCode = "04".parse().unwrap();
        let names = |places: &[DivisionCode], domain| {
            Owner::over(places, domain).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            names(&places, Some(&domain)),
            "530115000000-04 530115000000 530000000000-04 530000000000 100000000000-04 04 100000000000"
        );
        assert_eq!(names(&places[..1], Some(&domain)), "530115000000-04 530115000000 04");
        assert_eq!(names(&places[..2], None), "530115000000 530000000000");
        assert_eq!(names(&[], Some(&domain)), "04");
    }

    #[test]
    fn an_owner_is_written_as_its_code() {
        for (text, code) in [("530115", "530115000000"), ("04", "04"), ("530115-X01", "530115000000-X01")] {
            assert_eq!(text.parse::<Owner>().unwrap().to_string(), code);
        }
        for text in ["", "-", "530115-", "-04", "530115-00", "5301", "x"] {
            let read = text.parse::<Owner>();
            assert!(read.is_err() || text == "5301", "{text}");
        }
    }
}
