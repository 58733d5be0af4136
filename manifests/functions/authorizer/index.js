// Authorizer of an HTTP API: accepts a JSON Web Token signed with HS256 that has not expired.
//
//   Authorization: Bearer eyJhbGciOiJIUzI1NiIs...
//
// JWT_SECRET is the key; JWT_ISSUER and JWT_AUDIENCE, where set, must be the token's.
// The answer is the simple form of payload format 2.0. Its `context` reaches the route's
// function as event.requestContext.authorizer.lambda. A request without the header does not
// get here: it is answered 401. A token that is refused here is answered 403.

const { createHmac, timingSafeEqual } = require("node:crypto");

const LEEWAY = 30; // seconds by which two clocks may differ

exports.handler = async (event) => {
  try {
    const claims = verify(token(event), process.env.JWT_SECRET, Date.now() / 1000);
    return {
      isAuthorized: true,
      context: { subject: claims.sub ?? "", scope: claims.scope ?? "", expires: String(claims.exp) },
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.log(`Refused: ${error.message}`); // why, but never the token itself
    return { isAuthorized: false };
  }
};

class Refused extends Error {}

function token(event) {
  const [scheme, value, ...rest] = (event.headers?.authorization ?? "").trim().split(/\s+/);
  if (scheme.toLowerCase() !== "bearer" || !value || rest.length) throw new Refused("no bearer token");
  return value;
}

function verify(jwt, secret, now) {
  if (!secret) throw new Error("JWT_SECRET is not set.");
  const [header, body, signature, ...rest] = jwt.split(".");
  if (!signature || rest.length) throw new Refused("not a signed token");
  if (read(header).alg !== "HS256") throw new Refused("not signed with HS256");
  const expected = createHmac("sha256", secret).update(`${header}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Refused("wrong signature");

  const claims = read(body);
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = process.env;
  if (typeof claims.exp !== "number" || claims.exp + LEEWAY <= now) throw new Refused("expired, or without expiry");
  if (claims.nbf !== undefined && !(claims.nbf - LEEWAY <= now)) throw new Refused("not valid yet");
  if (issuer && claims.iss !== issuer) throw new Refused("another issuer");
  if (audience && ![claims.aud].flat().includes(audience)) throw new Refused("another audience");
  return claims;
}

function read(part) {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString());
    if (value && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // refused below
  }
  throw new Refused("not JSON");
}
