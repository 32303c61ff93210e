/** What viewer-request.js uses of the module that CloudFront's own runtime has. */
declare module 'cloudfront' {
  const cf: { selectRequestOriginById(originId: string): void };
  export default cf;
}
