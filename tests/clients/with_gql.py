"""gql: questions are checked against the schema that the server tells of itself."""

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

from kit import URL, check, question

with Client(transport=RequestsHTTPTransport(url=URL), fetch_schema_from_transport=True) as session:

    def ask(name, **variables):
        request = gql(question(name))
        request.variable_values = variables
        try:
            return session.execute(request), []
        except TransportQueryError as error:
            return error.data, error.errors

    check(ask)
