"""Trains a network 64-32-10 on the digits with PyTorch and saves it for `from_pytorch.rs`, together with its logits for
the test part, every fifth row of `data/digits.csv`. Needs torch, safetensors and numpy, and takes a few seconds."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

HERE = Path(__file__).parent
table = np.loadtxt(HERE.parent / "data/digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
x, labels = torch.tensor(table[:, :64] / 16), torch.tensor(table[:, 64], dtype=torch.long)
test = torch.arange(len(x)) % 5 == 0

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 10))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.005)
for epoch in range(40):
    for batch in torch.randperm(int((~test).sum())).split(32):
        optimizer.zero_grad()
        functional.cross_entropy(model(x[~test][batch]), labels[~test][batch]).backward()
        optimizer.step()

model.eval()
with torch.no_grad():
    logits = model(x[test])
accuracy = (logits.argmax(1) == labels[test]).float().mean()
print(f"PyTorch: accuracy {accuracy:.4f} on {int(test.sum())} images")
save_file(model.state_dict(), HERE / "from_pytorch.safetensors")
rows = np.column_stack([np.flatnonzero(test), logits.numpy()])
header = ",".join(["row"] + [f"z{k}" for k in range(10)])
np.savetxt(HERE / "from_pytorch.csv", rows, fmt=["%d"] + ["%.9g"] * 10, delimiter=",", comments="", header=header)
