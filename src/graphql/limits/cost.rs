//! What an operation costs: at least as many as the fields and objects that it will resolve, and more where these are
//! dear. Known before anything is executed, and never less than what is executed then.

use std::convert::Infallible;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{
        Directive, ExecutableDocument, Field as Asked, OperationDefinition, OperationType, Selection,
        SelectionSet, VariableDefinition,
    },
};

use super::{
    bound::{COST, INTROSPECTION, PAGE, ROOT_FIELDS},
    introspection,
    refusal::Refusal,
    table::{self, Count, Field, ROOT, Table},
    weight::{BELOW, DESCENDANTS},
};
use crate::config::{Limits, USUAL_PAGE};

/// What an operation of a document costs. Its fields are few enough to go through them one by one.
pub(super) fn of(
    operation: &OperationDefinition,
    document: &ExecutableDocument,
    variables: &Variables,
    limits: &Limits,
) -> Result<u64, Refusal> {
    let values = Values { given: variables, defined: &operation.variable_definitions };
    let mut costing =
        Costing { table: Table::published(), document, values, limits, roots: 0, introspection: 0 };
    // There are no others; the validation says so.
    let cost = match operation.ty {
        OperationType::Query => costing.set(&operation.selection_set.node, Some(ROOT), None)?,
        _ => 0,
    };
    ROOT_FIELDS.hold(costing.roots, limits.root_fields)?;
    INTROSPECTION.hold(costing.introspection, limits.introspection)?;
    COST.hold(cost, limits.cost)?;
    Ok(cost)
}

/// The variables of a request with the defaults of the operation.
#[derive(Clone, Copy)]
pub(in crate::graphql) struct Values<'a> {
    pub given: &'a Variables,
    pub defined: &'a [Positioned<VariableDefinition>],
}

impl Values<'_> {
    fn get(&self, name: &Name) -> Option<Value> {
        self.given.get(name).cloned().or_else(|| {
            let defined = self.defined.iter().find(|defined| defined.node.name.node == *name)?;
            defined.node.default_value.as_ref().map(|value| value.node.clone())
        })
    }

    /// What an argument says; `None` where it is not there. A variable without a value says null.
    fn argument(&self, field: &Asked, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|name| Ok::<_, Infallible>(self.get(&name).unwrap_or_default())).ok()
    }

    /// Whether `@skip` or `@include` leaves a selection out.
    pub(in crate::graphql) fn skip(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let leaves_out = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            let condition = directive.node.get_argument("if").map(|value| value.node.clone());
            let condition =
                condition.and_then(|it| it.into_const_with(|name| self.get(&name).ok_or(())).ok());
            condition == Some(Value::Boolean(leaves_out))
        })
    }
}

struct Costing<'a> {
    table: &'static Table,
    document: &'a ExecutableDocument,
    values: Values<'a>,
    limits: &'a Limits,
    /// Fields of the root so far.
    roots: u64,
    /// What was asked of the schema itself so far.
    introspection: u64,
}

impl<'a> Costing<'a> {
    /// A selection set on one object; `page`: how many elements the connection has that the object is. Where the type is
    /// not known a field costs 1: the validation is going to refuse it.
    fn set(&mut self, set: &'a SelectionSet, on: Option<&'a str>, page: Option<u64>) -> Result<u64, Refusal> {
        let mut sum = 0u64;
        for selection in &set.items {
            if self.values.skip(selection.node.directives()) {
                continue;
            }
            let cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node, on, page)?,
                Selection::InlineFragment(inline) => {
                    let wanted = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.fragment(&inline.node.selection_set.node, on, wanted, page)?
                }
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => {
                            let wanted = Some(fragment.node.type_condition.node.on.node.as_str());
                            self.fragment(&fragment.node.selection_set.node, on, wanted, page)?
                        }
                        None => 0,
                    }
                }
            };
            sum = sum.saturating_add(cost);
        }
        Ok(sum)
    }

    /// One that is for other types costs nothing.
    fn fragment(
        &mut self,
        set: &'a SelectionSet,
        on: Option<&'a str>,
        wanted: Option<&'a str>,
        page: Option<u64>,
    ) -> Result<u64, Refusal> {
        match (on, wanted) {
            (Some(on), Some(wanted)) if !self.table.is(on, wanted) => Ok(0),
            (None, wanted) => self.set(set, wanted, page),
            (on, _) => self.set(set, on, page),
        }
    }

    fn field(&mut self, asked: &'a Asked, on: Option<&'a str>, page: Option<u64>) -> Result<u64, Refusal> {
        let name = asked.name.node.as_str();
        if on == Some(ROOT) {
            self.roots += 1;
            if matches!(name, "__schema" | "__type" | "_service") {
                let most = self.limits.introspection;
                let cost = introspection::cost(asked, self.document, self.values, most);
                self.introspection = self.introspection.saturating_add(cost);
                return Ok(1);
            }
        }
        let known = on.and_then(|on| self.table.get(on)).and_then(|on| on.field(name));
        let Some(field) = known else { return Ok(1) };
        let (objects, page) = self.objects(asked, field, page)?;
        // An object of an interface is of one type: the dearest.
        let mut each = 0;
        if let Some(target) = self.table.get(field.target()) {
            for object in &target.possible {
                let roots = self.roots;
                each = each.max(self.set(&asked.selection_set.node, Some(object), page)?);
                if target.possible.len() > 1 {
                    self.roots = roots;
                }
            }
        }
        let listed = if field.count == Count::One || field.count == Count::Page { 0 } else { objects };
        let weight = field.weight.saturating_add(if self.asks_below(asked) { BELOW } else { 0 });
        Ok(objects.saturating_mul(each).saturating_add(listed).saturating_add(weight))
    }

    /// Whether a list is of all that is below a place (含下级): by an argument, or by its filter.
    fn asks_below(&self, asked: &Asked) -> bool {
        let yes = |it: &Value| *it == Value::Boolean(true);
        if self.values.argument(asked, DESCENDANTS).is_some_and(|it| yes(&it)) {
            return true;
        }
        let filter = self.values.argument(asked, "filter");
        matches!(filter, Some(Value::Object(filter)) if filter.get(DESCENDANTS).is_some_and(yes))
    }

    /// How many objects a field gives, and how many are on its page where it is a connection.
    fn objects(
        &self,
        asked: &Asked,
        field: &Field,
        page: Option<u64>,
    ) -> Result<(u64, Option<u64>), Refusal> {
        let argument = |name: &str| self.values.argument(asked, name);
        match field.count {
            Count::One => Ok((1, None)),
            Count::Page => {
                let given = argument("first").and_then(|it| table::count(&it));
                let given = given.or_else(|| argument("last").and_then(|it| table::count(&it)));
                let page = given.unwrap_or(USUAL_PAGE);
                PAGE.hold(page, self.limits.page)?;
                Ok((1, Some(page)))
            }
            Count::OnPage => Ok((page.unwrap_or(self.limits.page), None)),
            Count::Asked => {
                let ids = match argument("ids").or_else(|| argument("representations")) {
                    Some(Value::List(ids)) => ids.len() as u64,
                    _ => 1,
                };
                PAGE.hold(ids, self.limits.page)?;
                Ok((ids, None))
            }
            Count::Most(most) => Ok((most, None)),
        }
    }
}
