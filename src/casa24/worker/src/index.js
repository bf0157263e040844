// The Worker that keeps a label's keys: it hands them to the nightly run and to nobody else,
// and says so when the run has stopped.

import { refusal } from "./admission.js";
import { watch } from "./notice.js";

const PATH = "/api/credentials";

// Never the whole environment: a secret that is added for something else must not leave with the keys.
const NAMES = [
  "SPOTIFY_CLIENT_ID",
  "SPOTIFY_CLIENT_SECRET",
  "YOUTUBE_API_KEY",
  "INSTAGRAM_ACCESS_TOKEN",
  "INSTAGRAM_BUSINESS_ACCOUNT_ID",
  "INSTAGRAM_API_VERSION",
  "DISCORD_BOT_TOKEN",
  "DISCORD_GUILD_ID",
  "CASA24_NOTIFY",
];

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== PATH) return answer(404, { error: "not found" });
    if (request.method !== "GET") return answer(405, { error: "method not allowed" }, { Allow: "GET" });
    if (await tooMany(request, env)) return answer(429, { error: "too many requests" }, { "Retry-After": "60" });
    const why = await refusal(request, env);
    if (why) {
      // Whoever is refused does not learn why; the label does, from this log.
      console.log(`Refused: ${why}`);
      return answer(401, { error: "unauthorized" }, { "WWW-Authenticate": "Bearer" });
    }
    return answer(200, held(env));
  },

  async scheduled(event, env) {
    await watch(env, event.scheduledTime);
  },
};

function held(env) {
  const set = NAMES.filter((name) => typeof env[name] === "string" && env[name] !== "");
  return Object.fromEntries(set.map((name) => [name, env[name]]));
}

async function tooMany(request, env) {
  if (!env.RATE_LIMITER) return false;
  const { success } = await env.RATE_LIMITER.limit({ key: request.headers.get("CF-Connecting-IP") ?? "unknown" });
  return !success;
}

function answer(status, body, headers = {}) {
  return Response.json(body, {
    status,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers },
  });
}
