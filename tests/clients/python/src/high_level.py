"""The client's own way through a whole exchange: `Connector.negotiate_and_transfer`, which speaks the third version."""

from book import check
from edc_client.connector import Connector, Counterparty
from edc_client.rest import ApiException
from sides import CONTENT, SOURCE, consumer, nowhere, provider

ASSET = "plain-asset"


def connector(side, key=None):
    """Of the flavour that speaks the protocol of 2025."""
    return Connector("samples", side.management, side.id, side.protocol, key or side.key)


def fails(name, call, status):
    """A call that must fail with the client's error for this status; the high level has one class for all of them."""
    try:
        answer = call()
        check(f"Connector.{name}, {status}", False, f"no error but {answer}")
    except ApiException as why:
        check(f"Connector.{name}, {status}", why.status == status, why)


def exchange():
    """Told last: what it offers without a choice, it offers of all assets."""
    ours, theirs = connector(provider), connector(consumer)
    check("Connector.create_asset", ours.create_asset(ASSET, SOURCE)["@id"] == ASSET)
    fails("create_asset", lambda: ours.create_asset(ASSET, SOURCE), 409)
    check("Connector.create_policy", ours.create_policy("plain-policy")["@id"] == "plain-policy")
    fails("create_policy", lambda: ours.create_policy("plain-policy"), 409)
    # A selector of its own breaks inside the client, which wants objects for the operands; an empty one selects every asset.
    definition = ours.create_contract_definition("plain-definition", "plain-policy", "plain-policy")
    check("Connector.create_contract_definition", definition["@id"] == "plain-definition")
    again = lambda: ours.create_contract_definition("plain-definition", "plain-policy", "plain-policy")
    fails("create_contract_definition", again, 409)
    check("Connector.list_assets", ASSET in [one["@id"] for one in ours.list_assets()])
    fails("list_assets", connector(provider, "wrong").list_assets, 401)
    ours.create_asset("plain-lost", SOURCE)
    check("Connector.remove_asset", ours.remove_asset("plain-lost") is None)
    fails("remove_asset", lambda: ours.remove_asset("plain-lost"), 404)
    transfer(theirs)


def transfer(theirs):
    known = Counterparty(provider.id, provider.protocol)
    data = theirs.negotiate_and_transfer(known, ASSET, poll_interval=0.1)
    check("Connector.negotiate_and_transfer", data.status == 200 and data.data.decode() == CONTENT, data.data)
    try:
        theirs.negotiate_and_transfer(known, "none")
        check("Connector.negotiate_and_transfer of what is not offered", False, "no error")
    except ValueError as why:
        check("Connector.negotiate_and_transfer of what is not offered", "not in catalog" in str(why), why)
    away = Counterparty(provider.id, nowhere)
    fails("fetch_catalog", lambda: theirs.fetch_catalog(away), 502)


STORY = [exchange]
