// GitHub's word for who a job is: a signed token (OIDC), of this repository, branch and workflow, for this Worker.
// https://docs.github.com/actions/reference/openid-connect-reference

const SETTINGS = ["ISSUER", "JWKS", "AUDIENCE", "REPOSITORY_ID", "REF", "WORKFLOW_REF"];
// Clocks differ a little.
const LEEWAY = 60;
// How long GitHub's keys are believed, and how often an unknown one may make us ask again, in milliseconds.
const KEPT = 24 * 60 * 60 * 1000;
const PAUSE = 60 * 1000;

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

let known = { from: "", asked: -Infinity, keys: new Map() };

/** What is wrong with a token; null when nothing is. */
export async function strangeness(token, env) {
  const unset = SETTINGS.filter((name) => typeof env[name] !== "string" || env[name] === "");
  if (unset.length) return `an identity was sent, and wrangler.jsonc does not set ${unset.join(", ")}`;
  const [head, body, signature] = token.split(".");
  const header = object(head);
  const claims = object(body);
  if (!header || !claims) return "the identity cannot be read";
  if (header.alg !== "RS256") return "the identity is not signed with RS256";
  if (header.crit !== undefined) return "the identity demands what this Worker does not know";
  if (typeof header.kid !== "string") return "the identity does not name its key";
  const key = await keyNamed(header.kid, env.JWKS);
  if (!key) return "the identity names a key its issuer does not have";
  const signed = new TextEncoder().encode(`${head}.${body}`);
  if (!(await crypto.subtle.verify(RSA, key, bytes(signature) ?? new Uint8Array(), signed))) {
    return "the identity's signature is wrong";
  }
  return wrongTime(claims) ?? wrongClaim(claims, env);
}

function wrongTime({ exp, nbf }) {
  const now = Date.now() / 1000;
  if (typeof exp !== "number" || now >= exp + LEEWAY) return "the identity has expired";
  if (typeof nbf !== "number" || now < nbf - LEEWAY) return "the identity is not valid yet";
  return null;
}

function wrongClaim(claims, env) {
  const wanted = {
    iss: env.ISSUER,
    aud: env.AUDIENCE,
    repository_id: env.REPOSITORY_ID,
    ref: env.REF,
    workflow_ref: env.WORKFLOW_REF,
  };
  for (const [name, value] of Object.entries(wanted)) {
    // Signed by the issuer: what it says may stand in the log.
    if (claims[name] !== value) return `the identity's ${name} is ${JSON.stringify(claims[name])}, not ${value}`;
  }
  return null;
}

/** One of the issuer's keys. Unknown ones make us ask again, but no flood of them makes us ask often. */
async function keyNamed(kid, url) {
  const now = Date.now();
  const old = known.from !== url || now - known.asked > KEPT;
  if (old || (!known.keys.has(kid) && now - known.asked > PAUSE)) {
    const before = known.from === url ? known.keys : new Map();
    known = { from: url, asked: now, keys: before };
    known.keys = (await fetched(url)) ?? before;
  }
  const jwk = known.keys.get(kid);
  return jwk && crypto.subtle.importKey("jwk", { kty: "RSA", n: jwk.n, e: jwk.e }, RSA, false, ["verify"]);
}

async function fetched(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { keys } = await response.json();
    const usable = keys.filter(({ kty, kid, n, e }) => kty === "RSA" && kid && n && e);
    return new Map(usable.map((key) => [key.kid, key]));
  } catch (error) {
    console.log(`The issuer's keys could not be had: ${error.message}`);
    return null;
  }
}

function object(part) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(part)));
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function bytes(part) {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return null;
  try {
    return Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
