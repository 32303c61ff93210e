import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/**
 * Powertools, configured once. The service's name, the metrics' namespace and the level come from the
 * POWERTOOLS_* variables of the function.
 */
export const logger = new Logger();
export const metrics = new Metrics();
