import type * as z from 'zod';
import { errors } from '../errors.ts';
import { functions } from '../functions.ts';
import { NamedSchemas } from './json-schemas.ts';
import { callsPerUser, errorsOf, hasPage, type Route } from '../http/route.ts';
import { Enveloped, ErrorBody, idempotencyKeyPattern } from '../wire.ts';

type Part = Readonly<Record<string, unknown>>;
type Named = readonly [string, Part];
type Texts = Readonly<Record<string, string>>;

/** The OpenAPI 3.1 document of these routes. It is made from their declarations alone. */
export function openApiOf(routes: readonly Route[]): Part {
  const schemas = new NamedSchemas();
  const shown = routes.filter(({ hidden }) => !hidden);
  const paths = Object.groupBy(shown, ({ path }) => path);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Weelo',
      version: '1',
      summary: 'Trucks on demand, for customers, transporters and drivers',
      description:
        'Every answer is a JSON object. Money is in whole rupees, distance in whole kilometres, and ' +
        'instants are UTC with three millisecond digits. Unknown fields are ignored, and an explicit ' +
        'null means that the field is absent. ' +
        `A user has ${callsPerUser.limit} calls in ${callsPerUser.windowSeconds} s over all signed-in routes, ` +
        'beside what each of them says of its own.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Weelo' },
    },
    servers: [{ url: 'http://127.0.0.1:3000', description: 'On one machine, by npm start' }],
    tags: [...new Set(shown.map((route) => route.function))].map((name) => ({
      name,
      description: functions[name].purpose,
    })),
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, theirs = []]) => [path, pathOf(theirs, schemas)]),
    ),
    components: {
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT (ES256)' },
      },
      schemas: schemas.all(),
    },
  };
}

function pathOf(routes: readonly Route[], schemas: NamedSchemas): Part {
  const operations = routes.map((route): Named => [
    route.method.toLowerCase(),
    operation(route, schemas),
  ]);
  return Object.fromEntries(operations);
}

function operation(route: Route, schemas: NamedSchemas): Part {
  const { id, summary, aliases, audience } = route;
  const parameters = parametersOf(route, schemas);
  return {
    operationId: id,
    tags: [route.function],
    summary,
    ...descriptionOf(route),
    security: audience === 'public' ? [] : [{ accessToken: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(route, schemas),
    responses: responsesOf(route, schemas),
    ...(aliases && { 'x-aliases': aliases }),
  };
}

function requestBodyOf({ body, text, example }: Route, schemas: NamedSchemas): Part {
  const schema = body ?? text;
  if (!schema) return {};
  const media = body ? 'application/json' : 'text/plain';
  const content = contentOf(media, schemas.describe(schema, 'input'), example.body ?? example.text);
  return { requestBody: { required: true, content } };
}

/** Describes in sentences what OpenAPI has no field for. */
function descriptionOf({ description, audience, rateLimit, aliases }: Route): Part {
  const sentences = [
    description,
    typeof audience === 'string' ? undefined : `For ${audience.join(' and ')} accounts.`,
    rateLimit &&
      `At most ${rateLimit.limit} ${rateLimit.limit === 1 ? 'call' : 'calls'} in ${rateLimit.windowSeconds} s per ${rateLimit.per}.`,
    aliases && `Older clients know it as ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`,
  ].filter((sentence) => sentence !== undefined);
  return sentences.length > 0 ? { description: sentences.join(' ') } : {};
}

function parametersOf(route: Route, schemas: NamedSchemas): readonly Part[] {
  const places: readonly (readonly [string, z.ZodObject | undefined, Texts | undefined])[] = [
    ['path', route.params, route.example.params],
    ['query', route.query, route.example.query],
    ['header', route.headers, undefined],
  ];
  const declared = places.flatMap(([where, schema, example]) =>
    fieldsOf(schema).map(([name, field]) => ({
      name,
      in: where,
      required: where === 'path' || !field.safeParse(undefined).success,
      schema: schemas.describe(field, 'input'),
      // Examples of a URL are text. The schema converts them to their type.
      ...(example?.[name] !== undefined && { example: field.parse(example[name]) }),
    })),
  );
  return route.idempotency ? [...declared, idempotencyKey(route.idempotency)] : declared;
}

function fieldsOf(schema: z.ZodObject | undefined): readonly (readonly [string, z.ZodType])[] {
  const fields: Readonly<Record<string, z.ZodType>> = schema?.shape ?? {};
  return Object.entries(fields);
}

function idempotencyKey(rule: 'required' | 'honoured'): Part {
  return {
    name: 'X-Idempotency-Key',
    in: 'header',
    required: rule === 'required',
    description:
      'One per intent, such as a UUID: repetitions change nothing more. For five minutes they get the first answer, word by word; after that, what became of it.',
    schema: { type: 'string', pattern: idempotencyKeyPattern.source },
  };
}

/** An answer and errors with the same status are one response. Its description names the error codes. */
function responsesOf(route: Route, schemas: NamedSchemas): Part {
  const codes = Object.groupBy(errorsOf(route), (code) => String(errors[code].status));
  const statuses = new Set([...Object.keys(route.responses), ...Object.keys(codes)]);
  const responses = [...statuses].map((status): Named => {
    const answer = answerOf(route, Number(status), schemas);
    const theirs = codes[status] ?? [];
    const failure = theirs.length > 0 ? schemas.describe(ErrorBody, 'output') : undefined;
    const asText = answer?.media && contentOf(answer.media, answer.schema, answer.example);
    const isPage = answer?.page ?? (failure && hasPage(route));
    const asPage = isPage && contentOf('text/html', { type: 'string' });
    const shapes = [asText ? undefined : answer?.schema, failure].filter(
      (shape) => shape !== undefined,
    );
    const meanings = theirs.map((code) => `\`${code}\`: ${errors[code].meaning}`);
    const description = [...(answer ? [`${answer.description}.`] : []), ...meanings].join(' ');
    const [schema] = shapes;
    const asJson =
      schema &&
      contentOf(
        'application/json',
        shapes.length > 1 ? { oneOf: shapes } : schema,
        asText ? undefined : answer?.example,
      );
    return [status, { description, content: { ...asText, ...asPage, ...asJson } }];
  });
  return Object.fromEntries(responses);
}

function answerOf(route: Route, status: number, schemas: NamedSchemas) {
  const declared = route.responses[status];
  if (!declared) return undefined;
  const inEnvelope = route.envelope === 'data';
  const written: z.ZodType = inEnvelope ? Enveloped(declared.schema) : declared.schema;
  const shown = route.example.responses[status];
  return {
    description: declared.description,
    media: declared.media,
    page: declared.page,
    schema: schemas.describe(written, 'output'),
    example: shown && inEnvelope ? { success: true, data: shown } : shown,
  };
}

function contentOf(media: string, schema: Part, example?: unknown): Part {
  return { [media]: { schema, ...(example !== undefined && { example }) } };
}
