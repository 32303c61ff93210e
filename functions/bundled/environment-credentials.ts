/**
 * Replaces the AWS clients' own search for credentials in a bundle. Lambda puts a function's credentials into variables
 * when an environment starts, and replaces the environment before they expire.
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
