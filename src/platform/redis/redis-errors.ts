/** Answers of a Redis that is there but cannot serve: it is starting, failing over, or busy. */
const cannotServe = /^(?:BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|READONLY|TRYAGAIN)\b/;

/** The client's own errors, when no answer came. Most of them have no other name than `Error`. */
const unanswered = new Set([
  'Error',
  'AbortError',
  'ClusterAllFailedError',
  'MaxRetriesPerRequestError',
]);

/** Whether a command failed because Redis is away. Other errors, such as a refused script, are bugs of ours. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' ? cannotServe.test(error.message) : unanswered.has(error.name);
}
