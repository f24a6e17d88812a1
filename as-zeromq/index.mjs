import * as all from "monocoque/zeromq";

export * from "monocoque/zeromq";
export default all;
