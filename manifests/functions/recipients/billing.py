"""Books what is due for each invoice. Its filter lets only `kind = "invoice"` through."""

from decimal import Decimal

from deliveries import deliveries, save


def handler(event, _context):
    for delivery in deliveries(event):
        invoice = delivery["payload"]
        due = sum((Decimal(str(line["amount"])) for line in invoice.get("lines", [])), Decimal(0))
        save(
            f"billing/{delivery['id']}",
            {"delivery": delivery["id"], "invoice": invoice.get("number"), "due": str(due), "payload": invoice},
        )
