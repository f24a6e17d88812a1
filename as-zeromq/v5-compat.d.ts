export * from "../dist/zeromq/v5-compat.js";
