import * as all from "monocoque/zeromq/v5-compat";

export * from "monocoque/zeromq/v5-compat";
export default all;
