// The dead man's notice: a schedule that GitHub dropped or disabled reports nothing, so somebody else must look.

const HOUR = 60 * 60 * 1000;
const STALE = 36 * HOUR;
const WAITS = [1000, 4000]; // between one try and the next, in milliseconds
const BREATH = 20 * 1000;
const AGENT = "casa24-worker (+https://github.com/casa24records/casa24)";
const DISCORD = ["discord.com", "discordapp.com"];

/** Look at the newest day of the record, and say so where it is old, gone or unreadable. `now` in milliseconds. */
export async function watch(env, now) {
  const trouble = await whatIsWrong(env, now);
  console.log(trouble ?? "The record is fresh.");
  if (trouble) await say(env, `${trouble}\n${advice(env)}`);
}

async function whatIsWrong(env, now) {
  let text;
  try {
    text = await latest(env);
  } catch (error) {
    return `casa24: the newest day of ${env.REPOSITORY} could not be looked at (${error.message}).${closed(error, env)}`;
  }
  const when = newest(text);
  if (when === null) return `casa24: data/latest.json of ${env.REPOSITORY} does not say when it was collected.`;
  if (now - when <= STALE) return null;
  const hours = Math.floor((now - when) / HOUR);
  const since = new Date(when).toISOString().slice(0, 16).replace("T", " ");
  return `casa24: ${env.REPOSITORY} has recorded nothing since ${since} UTC (${hours} hours).`;
}

/** GitHub says of a private repository that there is none. */
function closed({ message }, { GITHUB_READ_TOKEN }) {
  if (!/^HTTP 40[134]$/.test(message)) return "";
  return GITHUB_READ_TOKEN
    ? " GITHUB_READ_TOKEN may have expired, or may not read the contents of this repository."
    : " If the repository is private, the Worker needs a token that may read its contents: " +
        "`npx wrangler secret put GITHUB_READ_TOKEN`.";
}

function advice({ REPOSITORY }) {
  return (
    `Look at https://github.com/${REPOSITORY}/actions: is the nightly run failing, waiting, or switched off? ` +
    "GitHub drops runs at times, and stops a schedule after 60 days without a commit: " +
    'there "Enable workflow" and "Run workflow" bring it back. `casa24 doctor` says what else is wrong.'
  );
}

async function latest({ REPOSITORY, BRANCH, GITHUB_READ_TOKEN }) {
  const branch = encodeURIComponent(BRANCH);
  const [url, headers] = GITHUB_READ_TOKEN
    ? [
        `https://api.github.com/repos/${REPOSITORY}/contents/data/latest.json?ref=${branch}`,
        { Accept: "application/vnd.github.raw+json", Authorization: `Bearer ${GITHUB_READ_TOKEN}` },
      ]
    : [`https://raw.githubusercontent.com/${REPOSITORY}/${branch}/data/latest.json`, {}];
  const response = await patiently(url, { headers: { ...headers, "User-Agent": AGENT } });
  return response.text();
}

/** When the newest reading was made, in milliseconds; null where the text does not say. */
function newest(text) {
  try {
    const day = JSON.parse(text);
    const runs = Object.values(day.sources ?? {}).map((run) => Date.parse(run?.collected_at));
    const times = runs.filter((time) => !Number.isNaN(time));
    if (times.length) return Math.max(...times);
    // The old collector wrote only the day: it may have been collected until its end.
    const date = /^\d{4}-\d\d-\d\d$/.test(day.date) ? Date.parse(`${day.date}T24:00:00Z`) : NaN;
    return Number.isNaN(date) ? null : date;
  } catch {
    return null;
  }
}

async function say({ NOTICE_WEBHOOK }, text) {
  if (!NOTICE_WEBHOOK) throw new Error("The notice could not be sent: NOTICE_WEBHOOK is not set.");
  const forDiscord = DISCORD.some((host) => `.${new URL(NOTICE_WEBHOOK).hostname}`.endsWith(`.${host}`));
  const body = forDiscord ? { content: text, allowed_mentions: { parse: [] } } : { text };
  const headers = { "Content-Type": "application/json", "User-Agent": AGENT };
  await patiently(NOTICE_WEBHOOK, { method: "POST", headers, body: JSON.stringify(body) });
}

/** A good answer, tried three times where waiting may help. The error names no address: a webhook's is a secret. */
async function patiently(url, options) {
  for (const wait of [...WAITS, null]) {
    let trouble;
    let final = wait === null;
    try {
      const signal = AbortSignal.timeout(BREATH);
      const response = await fetch(url, { ...options, redirect: "manual", signal });
      if (response.ok) return response;
      trouble = `HTTP ${response.status}`;
      final ||= response.status < 500 && response.status !== 429;
    } catch {
      trouble = "no answer";
    }
    if (final) throw new Error(trouble);
    await scheduler.wait(wait);
  }
}
