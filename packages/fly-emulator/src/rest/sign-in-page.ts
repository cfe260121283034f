import { randomBytes } from 'node:crypto';
import { ownerOf } from '../peer-owner.js';
import type { Platform } from '../platform/platform.js';
import type { SignInSession } from '../sign-ins.js';
import type { ApiRequest, ApiResponse } from './http.js';
import type { Call, Route } from './route.js';
import { originOf } from './sign-ins.js';

const PATH = '/app/auth/cli/{session}';

/**
 * The page on which a sign-in is approved. Fly knows people by the login of their browser; here it is whoever the emulator belongs to,
 * as the system tells it of the connection, or who has its token: other users of this computer reach the page, too.
 */
export const SIGN_IN_PAGE_ROUTES: readonly Route[] = [
  { method: 'GET', path: PATH, operation: 'CLI_session_page', scope: 'open', writes: false, handle: show },
  { method: 'POST', path: PATH, operation: 'CLI_session_decide', scope: 'open', writes: true, handle: decide },
];

function show({ platform, request, params }: Call): ApiResponse {
  const session = platform.signIns.find(params.session ?? '');
  if (session === null) return page(404, OVER);
  if (session.code !== null || session.token !== null) return approved(session);
  return ask(platform, request, session, null);
}

function decide({ platform, request, params }: Call): ApiResponse {
  const origin = originOf(request);
  const from = request.headers.origin;
  // Another page may have sent it from this person's browser.
  if (origin === null || (from !== undefined && from !== origin)) return page(403, `<h1>Not from this page</h1>`);
  const session = platform.signIns.find(params.session ?? '');
  if (session === null) return page(404, OVER);
  const form = new URLSearchParams(request.body);
  if (!isOwner(request) && !isToken(platform, form.get('token'))) {
    return ask(platform, request, session, 'That is not the token of this emulator.');
  }
  if (form.get('decision') !== 'approve') {
    platform.signIns.deny(session);
    return page(200, '<h1>Denied</h1><p>Nothing was given out. End the command in the terminal with Ctrl-C.</p>');
  }
  if (platform.signIns.lockProblem(session) !== null) return ask(platform, request, session, null);
  platform.signIns.approve(session);
  return approved(session);
}

function ask(platform: Platform, request: ApiRequest, session: SignInSession, fault: string | null): ApiResponse {
  const { name, lock } = session;
  const reach =
    lock.app !== null
      ? `the app <b>${escape(lock.app)}</b>`
      : lock.organization !== null
        ? `the organization <b>${escape(lock.organization)}</b>`
        : 'everything in this emulator';
  const problem = fault ?? platform.signIns.lockProblem(session);
  const proof = isOwner(request)
    ? ''
    : `<p><label>Token of this emulator (<code>sindri emulator env</code> prints it as FLY_API_TOKEN)<br>
<input name="token" type="password" autocomplete="off" size="50"></label></p>`;
  return page(
    problem === null ? 200 : 422,
    `<h1>Sign in to the local emulator?</h1>
<p>A command line on <b>${escape(name)}</b> asks for a token. It will reach ${reach}.</p>
${problem === null ? '' : `<p class="problem">${escape(problem)}</p>`}
<form method="post">${proof}
<button name="decision" value="approve">Approve</button> <button name="decision" value="deny">Deny</button></form>
<p class="small">This is no page of Fly.io. Approve only what you have just begun yourself.</p>`,
  );
}

function approved({ code, redirectPort, state }: SignInSession): ApiResponse {
  if (code === null) return page(200, '<h1>Approved</h1><p>Go back to the terminal.</p>');
  const shown = `<p>If the terminal still waits, paste this code there:</p><p><code id="code">${escape(code)}</code></p>`;
  if (redirectPort === null) return page(200, `<h1>Approved</h1>${shown}`);
  const callback = `http://127.0.0.1:${redirectPort}/callback?${new URLSearchParams({ state, code }).toString()}`;
  const nonce = randomBytes(16).toString('base64');
  const script = `const told = document.getElementById('told');
fetch(document.body.dataset.callback).then(
  (answer) => { told.textContent = answer.ok ? 'You are signed in. Go back to the terminal.' : 'The terminal has not accepted the code.'; },
  () => { told.textContent = 'The terminal could not be reached from here.'; });`;
  return page(
    200,
    `<h1>Approved</h1><p id="told">Telling the terminal …</p>${shown}<script nonce="${nonce}">${script}</script>`,
    { attributes: ` data-callback="${escape(callback)}"`, script: nonce, connect: `http://127.0.0.1:${redirectPort}` },
  );
}

const OVER = '<h1>This sign-in is over</h1><p>Begin again in the terminal: it lasts 15 minutes, and serves once.</p>';

/** Whether the process at the other end is one of the user whose emulator this is (or of root, who may do anything). */
function isOwner({ peer }: ApiRequest): boolean {
  const uid = peer === undefined ? null : ownerOf(peer);
  return uid !== null && (uid === 0 || uid === process.getuid?.());
}

function isToken(platform: Platform, text: string | null): boolean {
  return platform.tokens.authenticate(text ?? '').some(({ kind }) => kind === 'personal');
}

interface PageOptions {
  attributes?: string;
  /** The nonce of the one script. */
  script?: string;
  /** Where the script may ask. */
  connect?: string;
}

function page(status: number, body: string, { attributes = '', script, connect }: PageOptions = {}): ApiResponse {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(script === undefined ? [] : [`script-src 'nonce-${script}'`]),
    ...(connect === undefined ? [] : [`connect-src ${connect}`]),
  ];
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
    text: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Local emulator: sign in</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:38em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.4em 1.2em}
.problem{color:#b00020}.small{color:#666;font-size:14px}code{background:#eee;padding:.1em .3em}</style></head>
<body${attributes}>${body}</body></html>
`,
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
