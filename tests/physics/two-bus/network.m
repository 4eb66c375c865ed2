function mpc = network
%% Two buses, one line: the voltage has a closed form, see README.md
mpc.version = '2';
mpc.baseMVA = 1;
%   bus type Pd   Qd   Gs Bs area Vm Va baseKV zone Vmax Vmin
mpc.bus = [
    1   3    0    0    0  0  1    1  0  10     1    1.1  0.9;
    2   1    0.8  0.4  0  0  1    1  0  10     1    1.1  0.9;
];
%   bus Pg Qg Qmax Qmin Vg   mBase status Pmax Pmin
mpc.gen = [
    1   0  0  10   -10  1.02 1     1      10   0;
];
%   from to r    x    b rateA rateB rateC ratio angle status angmin angmax
mpc.branch = [
    1    2  0.03 0.06 0 1.2   0     0     0     0     1      -360   360;
];
