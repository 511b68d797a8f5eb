// Imported before anything that makes schemas: zod decides while a schema is made whether it compiles a parser with
// `new Function`, and the attempt alone is a violation that the content security policy reports.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
