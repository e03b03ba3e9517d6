//! Who asks: the address at the other end of the connection, or the one that a proxy of ours names.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::server::Peer;

/// What proxies write the address into that they were asked from, each at the end.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address: the connection's. Where that is a trusted proxy, the last address in `X-Forwarded-For` that is
/// none; what stands before it anybody may have written.
pub(super) fn address(peer: Peer, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.0.ip().to_canonical();
    let values: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    let mut named = values.iter().rev().flat_map(|value| value.rsplit(','));
    while is_proxy(client, trusted) {
        match named.next().and_then(parsed) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// Whether an address is one of our proxies.
pub(super) fn is_proxy(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

/// An address as proxies write it: some add the port.
fn parsed(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse().ok().map(|with_port: std::net::SocketAddr| with_port.ip()));
    address
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let headers = forwarded.iter().map(|value| (FORWARDED_FOR, value.parse().unwrap()));
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        address(Peer(peer.parse().unwrap()), &headers.collect(), &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_whom_it_was_asked_by() {
        let proxies = ["10.0.0.0/8", "fd00::/8"];
        for (peer, forwarded, address) in [
            ("192.0.2.9:1", &["203.0.113.5"][..], "192.0.2.9"),
            ("10.0.0.1:1", &[], "10.0.0.1"),
            ("10.0.0.1:1", &["203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1:1", &["127.0.0.1, 203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1:1", &["203.0.113.5, 10.1.1.1"], "203.0.113.5"),
            ("10.0.0.1:1", &["198.51.100.7", "203.0.113.5 ,10.1.1.1"], "203.0.113.5"),
            ("10.0.0.1:1", &["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            ("10.0.0.1:1", &["203.0.113.5:4711"], "203.0.113.5"),
            ("10.0.0.1:1", &["[2001:db8::5]:4711"], "2001:db8::5"),
            ("10.0.0.1:1", &["[2001:db8::5]"], "2001:db8::5"),
            ("[fd00::1]:1", &["2001:db8::5"], "2001:db8::5"),
            ("[::ffff:10.0.0.1]:1", &["::ffff:203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1:1", &["203.0.113.5, unknown"], "10.0.0.1"),
            ("10.0.0.1:1", &["203.0.113.5, unknown, 10.1.1.1"], "10.1.1.1"),
        ] {
            assert_eq!(client(peer, forwarded, &proxies), address, "{peer} {forwarded:?}");
        }
        assert_eq!(client("10.0.0.1:1", &["203.0.113.5"], &[]), "10.0.0.1");
    }
}
