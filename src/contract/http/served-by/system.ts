import {
  answerPreflight,
  answerUnknownPath,
  getHealth,
  getLiveness,
  getPublicKeys,
  getReadiness,
} from '../system/routes.ts';

/** The routes of the function `system`. */
export const servedBySystem = [
  getHealth,
  getLiveness,
  getReadiness,
  getPublicKeys,
  answerPreflight,
  answerUnknownPath,
] as const;
