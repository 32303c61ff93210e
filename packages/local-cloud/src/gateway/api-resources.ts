import * as z from 'zod';

/** A resource of a template whose properties hold no intrinsic functions any more. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` to it became in other resources' properties. */
  readonly ref: string;
  readonly properties: unknown;
}

const Strings = z.array(z.string()).default([]);

export const Api = z.object({
  ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
  RouteSelectionExpression: z.string().default('$request.method $request.path'),
  CorsConfiguration: z
    .object({
      AllowOrigins: Strings,
      AllowMethods: Strings,
      AllowHeaders: Strings,
      ExposeHeaders: Strings,
      MaxAge: z.coerce.number().int().optional(),
      AllowCredentials: z.coerce.boolean().default(false),
    })
    .optional(),
});

export const Stage = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).optional(),
});

export const Route = z.object({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z
    .literal('NONE', {
      error: 'authorizers are not served here, so AuthorizationType must be NONE',
    })
    .default('NONE'),
  RouteResponseSelectionExpression: z.string().optional(),
});

export const RouteResponse = z.object({ ApiId: z.string(), RouteId: z.string() });

export const Integration = z.object({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY', {
    error: 'only Lambda functions are served here, so IntegrationType must be AWS_PROXY',
  }),
  IntegrationUri: z.string(),
  CredentialsArn: z
    .undefined({
      error: 'roles are not taken on here, so permit the call by AWS::Lambda::Permission instead',
    })
    .optional(),
  PayloadFormatVersion: z.string().default('1.0'),
  TimeoutInMillis: z.coerce.number().int().optional(),
});

export interface Found<Schema extends z.ZodType> {
  readonly logicalId: string;
  readonly ref: string;
  readonly properties: z.output<Schema>;
}

/** All resources of one type, read by its schema. */
export type Read = <Schema extends z.ZodType>(
  type: string,
  schema: Schema,
) => readonly Found<Schema>[];

export function readerOf(resources: readonly ResolvedResource[]): Read {
  return (type, schema) =>
    resources
      .filter((each) => each.type === `AWS::ApiGatewayV2::${type}`)
      .map(({ logicalId, ref, properties }) => {
        const parsed = schema.safeParse(properties);
        if (parsed.success) return { logicalId, ref, properties: parsed.data };
        throw new Error(
          `${logicalId} (${type}) cannot be served: ${z.prettifyError(parsed.error)}`,
        );
      });
}
