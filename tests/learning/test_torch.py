"""A simulation as a layer: the numbers of `gradient`, and a training that reaches its optimum."""

import numpy as np
import pytest

import fastgrad as fg

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 4)


def two(theta):
    return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), 3)


def tensor(value, **options):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True, **options)


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "cd"])
def test_forward_and_backward_are_the_estimate(method):
    theta = tensor([1.0, 0.7])
    value = fg.torch.layer(two, method, 5000, 3)(theta)
    (3.0 * value).backward()
    wanted = fg.gradient(two, np.array([1.0, 0.7]), method, 5000, 3)
    assert value.item() == wanted.performance.value
    np.testing.assert_array_equal(theta.grad.numpy(), 3.0 * wanted.gradient)


def test_shapes_types_and_batches():
    layer = fg.torch.layer(two, "ipa", 2000)
    single = torch.tensor([1.0, 0.7], requires_grad=True)
    assert layer(single).dtype == torch.float32
    batch = tensor([[1.0, 0.7], [1.2, 0.5], [1.0, 0.7]])
    values = layer.eval()(batch)
    assert values.shape == (3,)
    assert values[0] == values[2]  # common random numbers
    (values * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    np.testing.assert_array_equal(batch.grad[2].numpy(), 3.0 * batch.grad[0].numpy())
    point = tensor(0.7)
    fg.torch.layer(queue, "ipa", 2000)(point).backward()
    assert point.grad.shape == ()
    for bad, error in ((torch.zeros(2, 2, 2), ValueError), (torch.tensor(1), TypeError)):
        with pytest.raises(error, match="theta must"):
            layer(bad)


def test_random_numbers_are_fresh_in_training_only():
    layer = fg.torch.layer(queue, "ipa", 2000, seed=5)
    theta = tensor(0.7)
    first, second = layer(theta).item(), layer(theta).item()
    assert first != second
    layer.calls = 0
    assert layer(theta).item() == first
    layer.eval()
    assert layer(theta).item() == layer(theta).item() == first
    fixed = fg.torch.layer(queue, "ipa", 2000, seed=5, fresh=False)
    assert fixed(theta).item() == fixed(theta).item() == first
    with torch.no_grad():
        assert layer(theta).item() == pytest.approx(first, rel=1e-12)
    assert isinstance(layer.last, fg.Estimate)


def test_a_double_backward_is_refused_by_name():
    theta = tensor(0.7)
    value = fg.torch.layer(queue, "ipa", 1000)(theta)
    (slope,) = torch.autograd.grad(value, theta, create_graph=True)
    with pytest.raises(fg.NotApplicable, match="double backward"):
        torch.autograd.grad(slope, theta)
    outer = fg.torch.layer(queue, "ipa", 1000)(theta) ** 2
    (slope,) = torch.autograd.grad(outer, theta, create_graph=True)
    with pytest.raises(fg.NotApplicable, match="double backward"):
        slope.backward()


def test_a_method_that_is_not_valid_is_refused():
    def tail(theta):
        return fg.Expectation(lambda x: 1.0 if x > 1.0 else 0.0, [fg.Exponential(theta)])

    with pytest.raises(fg.NotApplicable, match="ipa"):
        fg.torch.layer(tail, "ipa", 1000)(tensor(0.7))


def test_training_reaches_the_known_optimum():
    """A softplus before the queue's mean service time. The last of Adam's steps are 5e-4 long."""
    problem = fg.problems.mm1(customers=10)
    torch.manual_seed(1)
    raw = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    layer = fg.torch.layer(problem.build, "ipa", 2000, seed=2)
    trainer = torch.optim.Adam([raw], lr=0.05)
    plan = torch.optim.lr_scheduler.ExponentialLR(trainer, 0.985)
    for _ in range(300):
        trainer.zero_grad()
        layer(torch.nn.functional.softplus(raw)[0]).backward()
        trainer.step()
        plan.step()
    found = torch.nn.functional.softplus(raw).item()
    assert found == pytest.approx(float(problem.optimum[0]), abs=0.01)
