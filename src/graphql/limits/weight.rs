//! What the SDL does not say: how long lists are that are no pages, and which fields are dear.

/// At most how many elements a list of objects has, where it is no page. What tables print is far less: sixteen points
/// and seven citations are the most in the example.
pub(super) const LENGTHS: &[(&str, u64)] = &[
    ("Audience.groups", 20),
    ("Catalogue.elements", 60),
    ("Division.ancestors", 6),
    ("Division.downloads", 8),
    ("Division.elements", 100),
    ("Division.successors", 20),
    ("Domain.downloads", 8),
    ("Domain.elements", 30),
    ("Domain.successors", 20),
    ("Item.basis", 30),
    ("Item.channels", 40),
    ("Item.content", 40),
    ("Item.elements", 30),
    ("Item.extensions", 20),
    ("Item.furtherTimeLimits", 10),
    ("Item.responsibleUnits", 20),
    ("ItemComparison.elements", 30),
    ("ItemFacets.channels", 501),
    ("ItemFacets.domains", 501),
    ("ItemFacets.levels", 7),
    ("ItemFacets.methods", 3),
    ("ItemFacets.units", 501),
    ("LegalBasis.successors", 20),
    ("Platform.downloads", 8),
    ("Unit.successors", 20),
    ("Version.downloads", 8),
];

/// What a field costs that reads more than its objects: whole tables, the log, all that is below a place. Others cost 1,
/// a list of pages 10, an object of a register 5: with nothing in memory it takes some statements to get there.
pub(super) const WEIGHTS: &[(&str, u64)] = &[
    ("Alignment.missing", 100),
    ("Catalogue.alignment", 100),
    ("Catalogue.elements", 20),
    ("Catalogue.publisher", 20),
    ("Change.items", 100),
    ("Division.ancestors", 6),
    ("Division.elements", 5),
    ("Division.fullName", 6),
    ("Domain.elements", 5),
    ("Download.bytes", 100),
    ("Download.digest", 100),
    ("Item.adoptions", 50),
    ("Item.proof", 50),
    ("ItemConnection.facets", 10),
    ("ItemConnection.totalCount", 5),
    ("ItemFacets.channels", 100),
    ("ItemFacets.domains", 100),
    ("ItemFacets.levels", 100),
    ("ItemFacets.methods", 100),
    ("ItemFacets.units", 100),
    ("LegalBasis.citedBy", 50),
    ("Query.alignments", 500),
    ("Query.changes", 50),
    ("Query.compare", 100),
    ("Query.consistencyProof", 50),
    ("Query.inclusionProof", 50),
    ("Query.item", 10),
    ("Query.items", 50),
    ("Query.platform", 5),
    ("Version.changes", 100),
    ("Version.proof", 50),
];

/// What it costs beyond that to list all below a place: where nothing is in memory, some statements for each level.
pub(super) const BELOW: u64 = 10;

/// The argument, and the field of a filter, which asks for it.
pub(super) const DESCENDANTS: &str = "includeDescendants";
