import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type {
  FaultError,
  PlayedHost,
  PlayedRequest,
  PlayedResponse,
} from '../protocol/played-service.ts';
import { answerOrRefusal, jsonAnswer, readJson, Refusal } from './exchange.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Seconds that an assertion may live, and that clocks may differ. */
const LONGEST = 3600;
const SKEW = 300;
const MOST_TOKENS = 1_000;

const Header = z.looseObject({ alg: z.literal('RS256') });
const Claims = z.looseObject({
  iss: z.email(),
  scope: z.string().min(1),
  aud: z.url().refine((url) => new URL(url).pathname.endsWith('/token')),
  iat: z.number(),
  exp: z.number(),
});

interface Grant {
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The tokens that were given out: what their bearers may do, for as long as they live. */
export interface GoogleTokens {
  readonly scopesOf: (token: string) => readonly string[] | undefined;
}

/**
 * Google's token endpoint for service accounts: a signed assertion in, an access token out. The form of the
 * assertion is checked; its signature is not, as no key of the account is known here.
 */
export function playGoogleToken(now: () => Date): PlayedHost & GoogleTokens {
  const grants = new Map<string, Grant>();
  const issue = (scopes: readonly string[]) => {
    for (const [token, { expiresAt }] of grants) {
      if (expiresAt <= now().getTime() || grants.size >= MOST_TOKENS) grants.delete(token);
    }
    const token = `ya29.local.${randomBytes(24).toString('base64url')}`;
    grants.set(token, { scopes, expiresAt: now().getTime() + LONGEST * 1000 });
    return jsonAnswer(200, { access_token: token, expires_in: LONGEST - 1, token_type: 'Bearer' });
  };
  return {
    host: 'oauth2.googleapis.com',
    actionOf: () => 'token',
    failure: writeError,
    async handle(request) {
      return answerOrRefusal(() => issue(scopesAskedFor(request, now())), writeError);
    },
    scopesOf(token) {
      const grant = grants.get(token);
      return grant && grant.expiresAt > now().getTime() ? grant.scopes : undefined;
    },
  };
}

const writeError = ({ status, code, message }: FaultError): PlayedResponse =>
  jsonAnswer(status, { error: code, error_description: message });

const refuse = (code: string, message: string, status = 400) =>
  new Refusal({ status, code, message });

function scopesAskedFor(request: PlayedRequest, now: Date): readonly string[] {
  if (request.method !== 'POST' || request.path !== '/token') {
    throw refuse('not_found', 'The local token endpoint plays POST /token and nothing else.', 404);
  }
  const form = new URLSearchParams(request.body.toString('utf8'));
  const grantType = form.get('grant_type');
  if (!grantType) throw refuse('invalid_request', 'Required parameter is missing: grant_type');
  if (grantType !== JWT_BEARER) {
    throw refuse('unsupported_grant_type', `Invalid grant_type: ${grantType}`);
  }
  const assertion = form.get('assertion');
  if (!assertion) throw refuse('invalid_request', 'Required parameter is missing: assertion');
  return claimsOf(assertion, now).scope.split(/\s+/).filter(Boolean);
}

function claimsOf(assertion: string, now: Date): z.output<typeof Claims> {
  const [header, claims, signature, ...more] = assertion.split('.');
  if (!header || !claims || !signature || more.length > 0) {
    throw refuse('invalid_grant', 'Invalid JWT: Token must have a header, claims and a signature.');
  }
  if (!Header.safeParse(decode(header)).success) {
    throw refuse('invalid_grant', 'Invalid JWT: Failed to parse the header, or alg is not RS256.');
  }
  const parsed = Claims.safeParse(decode(claims));
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw refuse('invalid_grant', `Invalid JWT: missing or not valid: ${names || 'claims'}.`);
  }
  const { iat, exp } = parsed.data;
  const seconds = now.getTime() / 1000;
  if (exp <= seconds || exp - iat > LONGEST || iat > seconds + SKEW) {
    throw refuse(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. ' +
        'Check your iat and exp values in the JWT claim.',
    );
  }
  return parsed.data;
}

const decode = (part: string): unknown => readJson({ body: Buffer.from(part, 'base64url') });
