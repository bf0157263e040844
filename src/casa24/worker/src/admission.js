// Who may ask: whoever has the key, or the job that GitHub vouches for.

import { strangeness } from "./identity.js";

const LONGEST = 16 * 1024;

/** Why this request is refused; null when it is not. */
export async function refusal(request, env) {
  const [, bearer] = /^Bearer ([^\s]+)$/i.exec(request.headers.get("Authorization") ?? "") ?? [];
  if (!bearer) return "no bearer token was sent";
  if (bearer.length > LONGEST) return "the bearer token is too long";
  if (await isKey(bearer, env.WORKER_API_KEY)) return null;
  if (bearer.split(".").length === 3) return strangeness(bearer, env);
  return env.WORKER_API_KEY ? "the key is another" : "a key was sent, and WORKER_API_KEY is not set";
}

// Digests are of one length, so that comparing them takes the same time whatever was sent.
async function isKey(text, key) {
  if (typeof key !== "string" || key === "") return false;
  const [sent, own] = await Promise.all([text, key].map(digest));
  return crypto.subtle.timingSafeEqual(sent, own);
}

function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
