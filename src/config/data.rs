//! Who gives the data away, and on which terms (开放数据): the `data.*` settings.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::dataset::{DEFAULT_ADDRESS, Notice, Publication},
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
    /// The address under which the world reaches this server, as in `https://mulu.example.gov.cn`: names of things in metadata
    /// and linked data begin with it.
    address: String = DEFAULT_ADDRESS.to_owned(), "MULU_DATA_ADDRESS";
    /// Where those who use the data can ask, an address that begins with `https://` or `mailto:`; empty: nowhere.
    contact: String = String::new(), "MULU_DATA_CONTACT";
}

impl Data {
    /// Refuses what nobody could look up.
    pub(super) fn check(&self) -> Result<()> {
        let Self { licence, address, contact, .. } = self;
        if !(licence.is_empty() || is_address(licence)) {
            return Err(Error::bad_input(
                format!("data.licence 应为 https:// 开头的网址：{licence}"),
                format!("`data.licence` is an address that begins with https://, not `{licence}`"),
            ));
        }
        if !is_address(address) || address.ends_with('/') {
            return Err(Error::bad_input(
                format!("data.address 应为 https:// 开头、不以 / 结尾的网址：{address}"),
                format!(
                    "`data.address` is an address that begins with https:// and has no slash at its end, not `{address}`"
                ),
            ));
        }
        let is_mailbox = |text: &str| text.strip_prefix("mailto:").is_some_and(is_plain);
        if !(contact.is_empty() || is_address(contact) || is_mailbox(contact)) {
            return Err(Error::bad_input(
                format!("data.contact 应为 https:// 或 mailto: 开头的地址：{contact}"),
                format!("`data.contact` is an address that begins with https:// or mailto:, not `{contact}`"),
            ));
        }
        Ok(())
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

    /// The same as metadata say it.
    pub fn publication(&self) -> Publication {
        let contact = (!self.contact.is_empty()).then(|| self.contact.clone());
        Publication { notice: self.notice(), address: self.address.clone(), contact }
    }
}

fn is_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(is_plain)
}

/// Whether a text can stand in an address as it is.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte))
}
