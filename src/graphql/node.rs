//! What has a global id, and the way back from it.

use async_graphql::{Context, ID, Interface};

use super::{
    at::View,
    catalogue::{self, Catalogue},
    division::{self, Division},
    domain::{self, Channel, Domain},
    error::{Failure, Result},
    id,
    item::{self, Item},
    legal_basis::{self, LegalBasis},
    unit::{self, Unit},
    version::{self, Version},
};
use crate::catalogue::code::ItemCode;

/// What has a global id (具有全局标识的对象).
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque and global (全局标识)."))]
pub(super) enum Node {
    Division(Division),
    Unit(Unit),
    Domain(Domain),
    Channel(Channel),
    LegalBasis(LegalBasis),
    Catalogue(Catalogue),
    Version(Version),
    Item(Item),
}

/// The object of an id: under the scope that it holds, else under this view. `None` where it is not known.
pub(super) async fn find(ctx: &Context<'_>, view: View, id: &str) -> Result<Option<Node>> {
    let Some((kind, key, view)) = id::read(id, view) else {
        return Err(Failure::bad_input("无法识别的标识", "this is no id of ours"));
    };
    let view = view.noted(ctx);
    let (code, number) = match key.split_once('#') {
        Some((code, number)) => (code, number.parse::<u32>().ok()),
        None => (key.as_str(), None),
    };
    Ok(match kind.as_str() {
        "Division" => division::load(ctx, view, code).await?.map(Node::Division),
        "Unit" => unit::load(ctx, view, code).await?.map(Node::Unit),
        "Domain" => domain::load(ctx, view, code).await?.map(Node::Domain),
        "Channel" => domain::channels(ctx, view, &[code.to_owned()]).await?.pop().map(Node::Channel),
        "LegalBasis" => {
            legal_basis::load_all(ctx, view, &[code.to_owned()]).await?.pop().map(Node::LegalBasis)
        }
        "Catalogue" => catalogue::load(ctx, view, code).await?.map(Node::Catalogue),
        "Version" => version_of(ctx, view, code, number).await?.map(Node::Version),
        "Item" => {
            let Ok(code) = code.parse::<ItemCode>() else { return Ok(None) };
            match version_of(ctx, view, code.catalogue.as_str(), number).await? {
                Some(version) => item::in_version(ctx, &version, &code).await?.map(Node::Item),
                None => None,
            }
        }
        _ => None,
    })
}

/// The version that an id means: itself, or the one in force of a catalogue.
pub(super) async fn version(ctx: &Context<'_>, view: View, id: &str) -> Result<Version> {
    let version = match find(ctx, view, id).await? {
        Some(Node::Version(version)) => Some(version),
        Some(Node::Catalogue(catalogue)) => match catalogue.in_force() {
            Some(number) => version::load(ctx, &catalogue, number).await?,
            None => None,
        },
        _ => None,
    };
    version.ok_or_else(|| {
        Failure::bad_input(
            &format!("{id} 不指向任何版本或现行目录"),
            &format!("`{id}` leads to no version, nor to a catalogue with one in force"),
        )
    })
}

async fn version_of(
    ctx: &Context<'_>,
    view: View,
    code: &str,
    number: Option<u32>,
) -> Result<Option<Version>> {
    match catalogue::load(ctx, view, code).await?.zip(number) {
        Some((catalogue, number)) => version::load(ctx, &catalogue, number).await,
        None => Ok(None),
    }
}
