"""Writes forecasting.json: log-likelihoods of statsmodels and arch on real series, for the tests of the forecasting family.

    pip install statsmodels==0.15.0 arch==8.0.0 && python make_forecasting.py

The series are those that statsmodels and arch bring with them: public data (Nile, sunspots, CO2 at Mauna Loa, El Niño, US
macroeconomic figures, S&P 500).
"""
import json
import pathlib
import time
import warnings

import numpy as np
import statsmodels.api as sm
from arch import arch_model
from arch.data import sp500
from statsmodels.tsa.arima.model import ARIMA

warnings.simplefilter("ignore")
data = sm.datasets
nile = data.nile.load_pandas().data["volume"].to_numpy(float)
sunspots = data.sunspots.load_pandas().data["SUNACTIVITY"].to_numpy(float)
co2 = data.co2.load_pandas().data["co2"].resample("MS").mean().to_numpy(float)
elnino = data.elnino.load_pandas().data.set_index("YEAR").to_numpy(float).ravel()
macro = data.macrodata.load_pandas().data
gdp = np.log(macro["realgdp"].to_numpy(float)) * 100
cpi = np.log(macro["cpi"].to_numpy(float)) * 100
unemployment = macro["unemp"].to_numpy(float)
holed = sunspots.copy()
holed[[20, 21, 22, 100, 150]] = np.nan

cases = []
for name, series, order, seasonal in [
    ("nile", nile, (1, 0, 1), (0, 0, 0, 0)),
    ("nile, differenced", nile, (0, 1, 1), (0, 0, 0, 0)),
    ("sunspots", sunspots, (3, 0, 0), (0, 0, 0, 0)),
    ("sunspots with holes", holed, (2, 0, 1), (0, 0, 0, 0)),
    ("gdp", gdp, (2, 1, 0), (0, 0, 0, 0)),
    ("cpi", cpi, (1, 2, 1), (0, 0, 0, 0)),
    ("unemployment", unemployment, (1, 1, 1), (0, 0, 0, 0)),
    ("co2", np.asarray(co2[100:400]), (0, 1, 1), (0, 1, 1, 12)),
    ("elnino", elnino[:360], (1, 0, 0), (1, 0, 1, 12)),
    ("elnino, differenced", elnino[:360], (1, 0, 1), (0, 1, 1, 12)),
]:
    differenced = order[1] + seasonal[1] > 0
    # Differences are taken first, so that both sides measure the same likelihood, without a diffuse start.
    values = series
    for _ in range(order[1]):
        values = values[1:] - values[:-1]
    for _ in range(seasonal[1]):
        values = values[seasonal[3]:] - values[: -seasonal[3]]
    model = ARIMA(
        values,
        order=(order[0], 0, order[2]),
        seasonal_order=(seasonal[0], 0, seasonal[2], seasonal[3]),
        trend="n" if differenced else "c",
    )
    begin = time.perf_counter()
    fit = model.fit(method_kwargs={"maxiter": 500})
    seconds = time.perf_counter() - begin
    print(name, fit.llf, fit.params, f"{seconds:.2f} s")
    cases.append(
        {
            "name": name,
            "values": [None if np.isnan(value) else float(value) for value in series],
            "order": list(order),
            "seasonal": list(seasonal),
            "log_likelihood": float(fit.llf),
        }
    )
returns = 100 * sp500.load()["Adj Close"].pct_change().dropna().to_numpy(float)[:2000]
volatility = []
for distribution in ["normal", "t"]:
    for p, q in [(1, 1), (1, 0), (2, 1)]:
        model = arch_model(returns, mean="Constant", vol="GARCH", p=p, q=q, dist=distribution)
        begin = time.perf_counter()
        fit = model.fit(disp="off")
        seconds = time.perf_counter() - begin
        print(distribution, p, q, fit.loglikelihood, fit.params.to_numpy(), f"{seconds:.2f} s")
        volatility.append(
            {
                "distribution": distribution,
                "orders": [p, q],
                "log_likelihood": float(fit.loglikelihood),
                "parameters": [float(value) for value in fit.params],
                "last_residuals": [float(value) for value in (fit.resid / fit.conditional_volatility)[-5:]],
            }
        )
path = pathlib.Path(__file__).parent / "forecasting.json"
path.write_text(
    json.dumps({"arima": cases, "returns": [round(float(v), 12) for v in returns], "garch": volatility}) + "\n"
)
