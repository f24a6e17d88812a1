export * from "../dist/zeromq/index.js";
