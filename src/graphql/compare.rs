//! What differs between two versions (比较), item by item and element by element.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::{
    connection::{Args, Connection},
    cursor::ListKey,
    error::Result,
    item::{self, ElementKind, Item},
    version::Version,
};
use crate::{
    catalogue::{
        diff::{Change, ChangeKind as CoreKind, Difference},
        printed::ElementChange,
    },
    store::{Reader, Tree},
};

/// What became of an item (变更种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(super) enum ChangeKind {
    /// 新增: only the head has it.
    Added,
    /// 修改: both have it and say something else.
    Changed,
    /// 删除: only the base has it.
    Removed,
    /// 移动: both have it and say the same, in another order among those that both have.
    Moved,
}

/// What differs between two versions (比较).
#[derive(Clone, Debug)]
pub(super) struct VersionComparison {
    base: Version,
    differing: Differing,
}

/// What a version says otherwise than another, or than none.
#[derive(Clone, Debug)]
pub(super) struct Differing {
    base: Option<Side>,
    head: Side,
    difference: Arc<Difference>,
}

/// A version and its entries.
#[derive(Clone, Debug)]
struct Side {
    version: Version,
    tree: Arc<Tree>,
}

/// Compares two versions.
pub(super) async fn compare(ctx: &Context<'_>, base: Version, head: Version) -> Result<VersionComparison> {
    Ok(VersionComparison { differing: since(ctx, Some(base.clone()), head).await?, base })
}

/// What a version says otherwise than another; all of it where there is no other.
pub(super) async fn since(ctx: &Context<'_>, base: Option<Version>, head: Version) -> Result<Differing> {
    let one = base.as_ref().is_none_or(|base| base.catalogue.known.code == head.catalogue.known.code);
    let after = head.tree(ctx).await?;
    let base = match base {
        Some(version) => Some(Side { tree: version.tree(ctx).await?, version }),
        None => None,
    };
    let nothing = Tree::default();
    let before = base.as_ref().map_or(&nothing, |base| &*base.tree);
    let difference = Arc::new(ctx.data_unchecked::<Reader>().compare(before, &after, one).await?);
    Ok(Differing { base, head: Side { version: head, tree: after }, difference })
}

impl Side {
    fn item(&self, place: usize) -> Option<Item> {
        Item::new(&self.version, &self.tree, place)
    }
}

impl VersionComparison {
    fn count(&self, kind: CoreKind) -> usize {
        self.differing.difference.count(kind)
    }
}

impl Differing {
    /// A page of the items that differ.
    pub(super) fn page(&self, args: Args) -> Result<Connection<ItemComparison>> {
        let base = self.base.as_ref().map(|base| base.version.known.digest);
        let head = &self.head.version;
        let key = ListKey::new(("comparison.items", base, head.known.digest));
        let page = args.open(head.catalogue.view, key)?;
        let cut =
            page.cut(&self.difference.changes, |change| format!("{:?} {:?}", change.before, change.after))?;
        let nodes = cut.elements().iter().map(|change| self.item(*change)).collect();
        Ok(cut.with(nodes))
    }

    fn item(&self, change: Change) -> ItemComparison {
        let before = change.before.and_then(|at| self.base.as_ref()?.item(at));
        let after = change.after.and_then(|at| self.head.item(at));
        ItemComparison { kind: change.kind.into(), before, after }
    }
}

/// What differs between two versions (比较): of one catalogue, or of two places or levels in one domain. Items of one
/// catalogue are the same by their codes; those of two by their origin, else by just the same names.
#[Object]
impl VersionComparison {
    /// What is compared with (比较的基准).
    async fn base(&self) -> &Version {
        &self.base
    }

    /// What is compared (比较的对象).
    async fn head(&self) -> &Version {
        &self.differing.head.version
    }

    /// How many items only the head has (新增).
    async fn added(&self) -> usize {
        self.count(CoreKind::Added)
    }

    /// How many items say something else (修改).
    async fn changed(&self) -> usize {
        self.count(CoreKind::Changed)
    }

    /// How many items only the base has (删除).
    async fn removed(&self) -> usize {
        self.count(CoreKind::Removed)
    }

    /// How many items say the same in another place (移动).
    async fn moved(&self) -> usize {
        self.count(CoreKind::Moved)
    }

    /// How many items say the same where they stood (未变).
    async fn unchanged(&self) -> usize {
        self.differing.difference.unchanged
    }

    /// The items that differ (有变化的事项), in the order of the head; what was removed stands where it would be.
    async fn items(
        &self,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<ItemComparison>> {
        self.differing.page(Args { first, after, last, before })
    }
}

/// An item that differs (有变化的事项).
#[derive(Clone, Debug)]
pub(super) struct ItemComparison {
    kind: ChangeKind,
    before: Option<Item>,
    after: Option<Item>,
}

/// An item that differs (有变化的事项).
#[Object]
impl ItemComparison {
    /// What became of it (变更种类).
    async fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// As it was (变更前); null where it was added.
    async fn before(&self) -> Option<&Item> {
        self.before.as_ref()
    }

    /// As it is (变更后); null where it was removed.
    async fn after(&self) -> Option<&Item> {
        self.after.as_ref()
    }

    /// The elements that differ (有变化的要素), in the customary order; empty where the item only moved.
    async fn elements(&self, ctx: &Context<'_>) -> Result<Vec<ElementComparison>> {
        if self.kind == ChangeKind::Moved {
            return Ok(Vec::new());
        }
        let changes = item::compared(ctx, self.before.as_ref(), self.after.as_ref()).await?;
        Ok(changes.into_iter().map(ElementComparison::from).collect())
    }
}

/// An element that differs (有变化的要素).
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct ElementComparison {
    /// Which element (要素).
    kind: ElementKind,
    /// What tables print over it (列名).
    label: String,
    /// What it said (变更前), one value a line; null where it was not known. Where the words are the same and only
    /// what they were understood to mean differs, that is added in brackets.
    before: Option<String>,
    /// What it says (变更后); null where it is not known.
    after: Option<String>,
}

impl From<ElementChange> for ElementComparison {
    fn from(change: ElementChange) -> Self {
        let ElementChange { kind, label, before, after } = change;
        Self { kind: kind.into(), label, before, after }
    }
}
