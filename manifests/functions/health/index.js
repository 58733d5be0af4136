// GET /health: says which deployment answers. Public, so it tells nothing else.

exports.handler = async () => ({
  statusCode: 200,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify({
    status: "ok",
    project: process.env.MAAS_PROJECT,
    environment: process.env.MAAS_ENVIRONMENT,
    instance: process.env.MAAS_INSTANCE,
  }),
});
