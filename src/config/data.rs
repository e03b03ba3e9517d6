//! Who gives the data away, and on which terms (开放数据): the `data.*` settings.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::dataset::Notice,
    error::{Error, Result},
};

settings! {
    /// What has to be said before the newest data are open data. It stands in every file whose format has a place for it.
    "data." Data: PartialEq Eq;
    /// Who gives the data away, as in `晋宁区人民政府办公室`; empty: nobody, and `/data/latest/…` is not answered.
    publisher: String = String::new(), "MULU_DATA_PUBLISHER";
    /// The address of the licence, as in `https://creativecommons.org/licenses/by/4.0/`; empty: none, and `/data/latest/…`
    /// is not answered.
    licence: String = String::new(), "MULU_DATA_LICENCE";
    /// What whoever uses the data has to say; empty: nothing is known, and `/data/latest/…` is not answered.
    attribution: String = String::new(), "MULU_DATA_ATTRIBUTION";
}

impl Data {
    /// Refuses a licence that nobody could look up.
    pub(super) fn check(&self) -> Result<()> {
        let is_address = |text: &str| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            host.is_some_and(|host| {
                !host.is_empty()
                    && host.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte))
            })
        };
        if self.licence.is_empty() || is_address(&self.licence) {
            return Ok(());
        }
        let licence = &self.licence;
        Err(Error::bad_input(
            format!("data.licence 应为 https:// 开头的网址：{licence}"),
            format!("`data.licence` is an address that begins with https://, not `{licence}`"),
        ))
    }

    /// The same as files say it: what is empty is not said.
    pub fn notice(&self) -> Notice {
        let said = |text: &String| (!text.is_empty()).then(|| text.clone());
        Notice {
            publisher: said(&self.publisher),
            licence: said(&self.licence),
            attribution: said(&self.attribution),
        }
    }
}
