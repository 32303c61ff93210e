/** Answers of a Redis that is there, and cannot serve: while it starts, fails over, or is kept busy. */
const cannotServe = /^(?:BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|READONLY|TRYAGAIN)\b/;

/** The client's own errors, for which no answer came; most of them have no name but `Error`. */
const unanswered = new Set([
  'Error',
  'AbortError',
  'ClusterAllFailedError',
  'MaxRetriesPerRequestError',
]);

/** Whether a command failed because Redis is away: a refused script, or an error of our code, is a bug. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' ? cannotServe.test(error.message) : unanswered.has(error.name);
}
