//! What the SDL does not say: how long lists are that are no pages, and which fields are dear.

/// At most how many elements a list of objects has, where it is no page. What tables print is far less: sixteen points
/// and seven citations are the most in the example.
pub(super) const LENGTHS: &[(&str, u64)] = &[
    ("Audience.groups", 20),
    ("Division.ancestors", 6),
    ("Division.successors", 20),
    ("Domain.successors", 20),
    ("Item.basis", 30),
    ("Item.channels", 40),
    ("Item.content", 40),
    ("Item.elements", 20),
    ("Item.extensions", 10),
    ("Item.furtherTimeLimits", 10),
    ("Item.responsibleUnits", 20),
    ("ItemComparison.elements", 20),
    ("ItemFacets.channels", 501),
    ("ItemFacets.domains", 501),
    ("ItemFacets.levels", 7),
    ("ItemFacets.methods", 3),
    ("ItemFacets.units", 501),
    ("LegalBasis.successors", 20),
    ("Unit.successors", 20),
];

/// What a field costs that reads more than its objects: whole tables, the log, all that is below a place. Others cost 1,
/// a list of pages 10, an object of a register 2.
pub(super) const WEIGHTS: &[(&str, u64)] = &[
    ("Alignment.missing", 100),
    ("Catalogue.alignment", 100),
    ("Change.items", 100),
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
    ("Query.items", 50),
    ("Version.changes", 100),
    ("Version.proof", 50),
];
