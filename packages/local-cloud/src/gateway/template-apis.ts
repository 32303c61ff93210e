import type { CloudValues } from '../template/cloud-values.ts';
import { type ApiDescriptions, describeApis } from './describe.ts';

/** The APIs of a template whose values are known. */
export function templateApis(values: CloudValues): ApiDescriptions {
  const resources = values
    .resources()
    .filter(({ type }) => type.startsWith('AWS::ApiGatewayV2::'))
    .map((resource) => ({
      logicalId: resource.id,
      type: resource.type,
      ref: values.refOf(resource),
      properties: values.properties(resource),
    }));
  return describeApis(resources);
}
