export * from "../dist/zeromq/draft.js";
