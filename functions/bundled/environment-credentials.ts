/**
 * Stands in a bundle for the AWS clients' own search for credentials. Lambda gives a function its credentials as
 * variables when an environment starts, and replaces the environment before they end.
 */
export const defaultProvider = () => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) {
    throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: is this Lambda?');
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
