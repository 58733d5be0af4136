"""Writes the list of what to pack for each order. Its filter lets only `kind = "order"` through."""

from deliveries import deliveries, save


def handler(event, _context):
    for delivery in deliveries(event):
        order = delivery["payload"]
        pack = [f"{line.get('quantity', 1)} x {line.get('article', '?')}" for line in order.get("lines", [])]
        save(f"shipping/{delivery['id']}", {"delivery": delivery["id"], "pack": pack, "payload": order})
